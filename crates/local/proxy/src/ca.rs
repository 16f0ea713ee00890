//! The certificate authority of one domain, and the certificates of its hosts. It signs only
//! names below its domain, which limits the damage of a stolen key. Users add it to the certificate
//! authorities that their systems trust.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
    date_time_ymd,
};
use rustls::crypto::ring::sign::any_ecdsa_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The lifetime of an authority: ten years, because users trust it by hand.
const AUTHORITY_LIFE: SignedDuration = SignedDuration::from_hours(24 * 3650);
/// The lifetime of a host's certificate, which is kept in memory only.
const HOST_LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// A certificate that expires sooner than this is replaced.
const MARGIN: SignedDuration = DAY;
/// An authority that expires sooner than this is replaced. Longer than [`MARGIN`], because a
/// supervisor may run for long.
const AUTHORITY_MARGIN: SignedDuration = SignedDuration::from_hours(24 * 30);
/// The maximum number of certificates in memory, because clients choose the hosts below the domain.
const MAX_HOSTS: usize = 256;

const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
const EXPIRY: &str = "expires";
const LOCK: &str = ".lock";

/// The error of a certificate authority that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// Other users can read the key.
    #[error(
        "{0} can be read by other users: run `chmod 600 {0}`, or remove its folder and trust a new one"
    )]
    Exposed(PathBuf),
    /// The key belongs to another user.
    #[error("{0} belongs to another user, and is not used")]
    Foreign(PathBuf),
    /// The files are not a certificate authority.
    #[error("{path} is broken ({error}): remove its folder and run `prox trust` again")]
    Broken {
        /// Path of the file.
        path: PathBuf,
        /// The reason.
        error: String,
    },
}

/// The certificate authority of one domain.
pub struct Authority {
    domain: String,
    folder: PathBuf,
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    hosts: Mutex<HashMap<String, (Timestamp, Arc<CertifiedKey>)>>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Authority")
            .field("domain", &self.domain)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Authority {
    /// Opens the authority of a domain in the folder of all authorities. Creates it when there is
    /// none, or when the existing one is about to expire.
    ///
    /// # Errors
    ///
    /// When its files cannot be read or written, or other users have access to its key.
    pub fn open(all: &Path, domain: &str) -> Result<Self, CaError> {
        Self::open_at(all, domain, Timestamp::now())
    }

    fn open_at(all: &Path, domain: &str, now: Timestamp) -> Result<Self, CaError> {
        let domain = domain.trim_matches('.').to_ascii_lowercase();
        let folder = all.join(&domain);
        if !is_usable(&folder, now)? {
            make(all, &folder, &domain, now)?;
        }
        Self::load(domain, folder)
    }

    fn load(domain: String, folder: PathBuf) -> Result<Self, CaError> {
        let key_path = folder.join(KEY);
        let metadata = fs::metadata(&key_path).map_err(|error| failed(&key_path, error))?;
        if metadata.uid() != rustix::process::getuid().as_raw() {
            return Err(CaError::Foreign(key_path));
        }
        if metadata.mode() & 0o077 != 0 {
            return Err(CaError::Exposed(key_path));
        }
        let broken = |path: &Path, error: String| CaError::Broken {
            path: path.to_owned(),
            error,
        };
        let key = KeyPair::from_pem(&read(&key_path)?)
            .map_err(|error| broken(&key_path, error.to_string()))?;
        let path = folder.join(CERTIFICATE);
        let certificate = CertificateDer::from_pem_slice(read(&path)?.as_bytes())
            .map_err(|error| broken(&path, error.to_string()))?;
        // The issuer's name and key id depend only on key and domain, so they match the certificate
        // file.
        let issuer = Issuer::new(authority_params(&domain, &key, Timestamp::now()), key);
        Ok(Self {
            domain,
            folder,
            certificate,
            issuer,
            hosts: Mutex::default(),
        })
    }

    /// The path of the certificate that users trust.
    #[must_use]
    pub fn certificate_path(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }

    /// The SHA-256 fingerprint of the certificate, as browsers show it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.certificate);
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// The certificate of a host. None for hosts outside of the domain.
    fn host(&self, name: Option<&str>, now: Timestamp) -> Option<Arc<CertifiedKey>> {
        let name = name
            .unwrap_or(&self.domain)
            .trim_end_matches('.')
            .to_ascii_lowercase();
        let below = name
            .strip_suffix(self.domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if !below {
            return None;
        }
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((expires, key)) = hosts.get(&name)
            && *expires > now + MARGIN
            && *expires <= now + HOST_LIFE
        {
            return Some(Arc::clone(key));
        }
        let key = Arc::new(self.sign(&name, now).ok()?);
        if hosts.len() >= MAX_HOSTS {
            hosts.clear();
        }
        hosts.insert(name, (now + HOST_LIFE, Arc::clone(&key)));
        Some(key)
    }

    fn sign(&self, name: &str, now: Timestamp) -> Result<CertifiedKey, String> {
        let key = KeyPair::generate().map_err(|error| error.to_string())?;
        let mut params =
            CertificateParams::new(vec![name.to_owned()]).map_err(|error| error.to_string())?;
        if name == self.domain {
            params.subject_alt_names.extend([
                SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            ]);
        }
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // The certificate stays valid when the clock is set back a little.
        limit(&mut params, now - DAY, now + HOST_LIFE);
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(|error| error.to_string())?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let private = any_ecdsa_type(&private).map_err(|error| error.to_string())?;
        Ok(CertifiedKey::new(
            vec![certificate.der().clone(), self.certificate.clone()],
            private,
        ))
    }
}

impl ResolvesServerCert for Authority {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.host(hello.server_name(), Timestamp::now())
    }
}

/// Whether there is an authority that is valid for long enough. One from the future was created
/// when the clock was wrong, and is not used.
fn is_usable(folder: &Path, now: Timestamp) -> Result<bool, CaError> {
    let path = folder.join(EXPIRY);
    if !path.exists() {
        return Ok(false);
    }
    let expires = read(&path)?.trim().parse::<Timestamp>();
    Ok(expires.is_ok_and(|expires| {
        expires > now + AUTHORITY_MARGIN && expires <= now + AUTHORITY_LIFE + DAY
    }))
}

/// Creates an authority, and replaces an unusable one. Of two concurrent processes, the second uses
/// the authority of the first.
fn make(all: &Path, folder: &Path, domain: &str, now: Timestamp) -> Result<(), CaError> {
    let all_failed = |error| failed(all, error);
    folder_for_me(all).map_err(all_failed)?;
    // The lock is held until the file is closed.
    let lock = File::create(all.join(LOCK)).map_err(all_failed)?;
    lock.lock().map_err(all_failed)?;
    if is_usable(folder, now)? {
        return Ok(());
    }
    let draft = all.join(format!(".{domain}"));
    for old in [folder, &draft] {
        match fs::remove_dir_all(old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(old, error));
            }
            _ => {}
        }
    }
    write(&draft, domain, now)?;
    fs::rename(&draft, folder).map_err(|error| failed(folder, error))
}

fn folder_for_me(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn write(folder: &Path, domain: &str, now: Timestamp) -> Result<(), CaError> {
    let broken = |error: rcgen::Error| CaError::Broken {
        path: folder.to_owned(),
        error: error.to_string(),
    };
    let key = KeyPair::generate().map_err(broken)?;
    let certificate = authority_params(domain, &key, now)
        .self_signed(&key)
        .map_err(broken)?;
    folder_for_me(folder).map_err(|error| failed(folder, error))?;
    for (name, mode, content) in [
        (KEY, 0o600, key.serialize_pem()),
        (CERTIFICATE, 0o644, certificate.pem()),
        (EXPIRY, 0o644, (now + AUTHORITY_LIFE).to_string()),
    ] {
        let path = folder.join(name);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)
            .and_then(|mut file| file.write_all(content.as_bytes()));
        written.map_err(|error| failed(&path, error))?;
    }
    Ok(())
}

/// The parameters of the authority's certificate, which depend on its key and domain.
fn authority_params(domain: &str, key: &KeyPair, now: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    let print = Sha256::digest(key.public_key_raw());
    let mark: String = print
        .iter()
        .take(3)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "prox, for development");
    params
        .distinguished_name
        .push(DnType::CommonName, format!("prox {domain} {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName(domain.to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 0], [255, 0, 0, 0])),
            GeneralSubtree::IpAddress(CidrSubnet::V6(Ipv6Addr::LOCALHOST.octets(), [0xFF; 16])),
        ],
        excluded_subtrees: Vec::new(),
    });
    limit(&mut params, now - DAY, now + AUTHORITY_LIFE);
    params
}

/// Sets the validity of a certificate, in whole seconds.
fn limit(params: &mut CertificateParams, from: Timestamp, until: Timestamp) {
    let since_epoch =
        |time: Timestamp| Duration::from_secs(u64::try_from(time.as_second()).unwrap_or_default());
    params.not_before = date_time_ymd(1970, 1, 1) + since_epoch(from);
    params.not_after = date_time_ymd(1970, 1, 1) + since_epoch(until);
}

fn read(path: &Path) -> Result<String, CaError> {
    fs::read_to_string(path).map_err(|error| failed(path, error))
}

fn failed(path: &Path, error: io::Error) -> CaError {
    CaError::File {
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests {
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier as _;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn print_at(folder: &Path, now: Timestamp) -> String {
        let authority = Authority::open_at(folder, "localhost", now);
        authority.unwrap().fingerprint()
    }

    #[test]
    fn an_authority_is_renewed_before_it_expires() {
        let folder = tempfile::tempdir().unwrap();
        let first = print_at(folder.path(), now());
        let last = now() + AUTHORITY_LIFE - AUTHORITY_MARGIN;
        assert_eq!(print_at(folder.path(), last - DAY), first);
        let second = print_at(folder.path(), last);
        assert_ne!(second, first);
        assert_eq!(print_at(folder.path(), last + DAY), second);
    }

    #[test]
    fn an_authority_from_the_future_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let ahead = print_at(folder.path(), now() + DAY * 400);
        let right = print_at(folder.path(), now());
        assert_ne!(right, ahead);
        // A small correction of the clock does not replace it.
        assert_eq!(print_at(folder.path(), now() - DAY / 2), right);
    }

    #[test]
    fn concurrent_renewals_result_in_one_authority() {
        let folder = tempfile::tempdir().unwrap();
        let before = print_at(folder.path(), now());
        let then = now() + AUTHORITY_LIFE;
        let prints: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| print_at(folder.path(), then)))
                .collect();
            let joined = threads.into_iter().map(|thread| thread.join().unwrap());
            joined.collect()
        });
        assert_ne!(prints[0], before);
        assert!(prints.iter().all(|print| *print == prints[0]), "{prints:?}");
    }

    #[test]
    fn a_certificate_is_used_until_shortly_before_it_expires() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open_at(folder.path(), "localhost", now()).unwrap();
        let at = |time: Timestamp| {
            let key = authority.host(Some("web.localhost"), time).unwrap();
            key.cert[0].clone()
        };
        let first = at(now());
        let last = now() + HOST_LIFE - MARGIN;
        assert_eq!(at(last - SignedDuration::from_secs(1)), first);
        let second = at(last);
        assert_ne!(second, first);
        assert_eq!(at(last + DAY), second);
        // When the clock is set back, a later certificate may not be valid yet.
        assert_ne!(at(now() - DAY), second);
    }

    #[test]
    fn a_certificate_is_valid_at_both_ends_of_its_use() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open_at(folder.path(), "localhost", now()).unwrap();
        let later = now() + AUTHORITY_LIFE - AUTHORITY_MARGIN - DAY;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(authority.certificate.clone()).unwrap();
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .unwrap();
        for signed in [now(), later] {
            let key = authority.host(Some("web.localhost"), signed).unwrap();
            let name = "web.localhost".try_into().unwrap();
            let accepts = |time: Timestamp| {
                let since = Duration::from_secs(time.as_second().try_into().unwrap());
                let time = rustls::pki_types::UnixTime::since_unix_epoch(since);
                verifier.verify_server_cert(&key.cert[0], &key.cert[1..], &name, &[], time)
            };
            let last = signed + HOST_LIFE - MARGIN;
            for time in [signed, last] {
                accepts(time).unwrap();
            }
            accepts(signed + HOST_LIFE + DAY).unwrap_err();
        }
    }
}
