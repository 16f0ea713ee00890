//! The certificate authority of one domain, and the certificates of its hosts. It can sign for
//! names below its domain alone, so that a stolen key opens nothing else. It never tells a system
//! to trust it: people do.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, OpenOptions};
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
/// People trust it by hand: once in ten years is often enough.
const AUTHORITY_LIFE: SignedDuration = SignedDuration::from_hours(24 * 3650);
/// Of a host's certificate, which lives in memory only.
const HOST_LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// A certificate with less than this left is made anew.
const MARGIN: SignedDuration = DAY;
/// Hosts below the domain are the client's to choose: so many are remembered.
const MAX_HOSTS: usize = 256;

const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
const EXPIRY: &str = "expires";

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others could have read the key.
    #[error(
        "{0} can be read by other users: run `chmod 600 {0}`, or remove its folder and trust a new one"
    )]
    Exposed(PathBuf),
    /// The key belongs to somebody else.
    #[error("{0} belongs to another user, and is not used")]
    Foreign(PathBuf),
    /// What is there is no authority.
    #[error("{path} is broken ({error}): remove its folder and run `prox trust` again")]
    Broken {
        /// Which.
        path: PathBuf,
        /// Why.
        error: String,
    },
}

/// The authority of one domain.
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
    /// The authority of a domain in the folder of all of them; made when there is none, or when
    /// the one there is about to expire.
    ///
    /// # Errors
    ///
    /// When it cannot be kept, or when its key is not this user's alone.
    pub fn open(all: &Path, domain: &str) -> Result<Self, CaError> {
        let domain = domain.trim_matches('.').to_ascii_lowercase();
        let folder = all.join(&domain);
        if folder.join(EXPIRY).exists() {
            let expiry = read(&folder.join(EXPIRY))?;
            let expires = expiry.trim().parse::<Timestamp>();
            if expires.is_ok_and(|expires| expires > Timestamp::now() + DAY * 30) {
                return Self::load(domain, folder);
            }
            fs::remove_dir_all(&folder).map_err(|error| failed(&folder, error))?;
        }
        make(all, &folder, &domain)?;
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
        // The issuer's name and key id come from the key alone, so they are those of the file.
        let issuer = Issuer::new(authority_params(&domain, &key, Timestamp::now()), key);
        Ok(Self {
            domain,
            folder,
            certificate,
            issuer,
            hosts: Mutex::default(),
        })
    }

    /// The certificate that people trust.
    #[must_use]
    pub fn certificate_path(&self) -> PathBuf {
        self.folder.join(CERTIFICATE)
    }

    /// SHA-256 of the certificate, as browsers show it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.certificate);
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        pairs.join(":")
    }

    /// A host's certificate: none for hosts that are not ours.
    fn host(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
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
        let now = Timestamp::now();
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
        // A clock that was set back a little must not refuse what was just made.
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
        self.host(hello.server_name())
    }
}

/// Makes an authority in a folder beside, and puts it in place whole: two that begin at once
/// end with the same one.
fn make(all: &Path, folder: &Path, domain: &str) -> Result<(), CaError> {
    let now = Timestamp::now();
    let broken = |error: rcgen::Error| CaError::Broken {
        path: folder.to_owned(),
        error: error.to_string(),
    };
    let key = KeyPair::generate().map_err(broken)?;
    let certificate = authority_params(domain, &key, now)
        .self_signed(&key)
        .map_err(broken)?;
    let draft = all.join(format!(".{domain}.{}", super::instance()));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&draft)
        .map_err(|error| failed(&draft, error))?;
    for (name, mode, content) in [
        (KEY, 0o600, key.serialize_pem()),
        (CERTIFICATE, 0o644, certificate.pem()),
        (EXPIRY, 0o644, (now + AUTHORITY_LIFE).to_string()),
    ] {
        let path = draft.join(name);
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&path)
            .and_then(|mut file| file.write_all(content.as_bytes()));
        written.map_err(|error| failed(&path, error))?;
    }
    let placed = fs::rename(&draft, folder);
    if placed.is_err() {
        // Somebody else was first, or the draft is of no use.
        let _ = fs::remove_dir_all(&draft);
    }
    match placed {
        Err(error) if !folder.join(EXPIRY).exists() => Err(failed(folder, error)),
        _ => Ok(()),
    }
}

/// Everything of the authority's certificate but its key follows from its key and domain.
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

/// Valid from one time until another, in whole seconds.
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
