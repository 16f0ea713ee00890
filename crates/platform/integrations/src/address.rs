//! The egress guard: decides which URLs and IP addresses the server may connect to.
//!
//! Never resolves a name and never connects: the caller resolves, calls [`check_ip`] for every
//! address of the name, and calls [`parse_target`] for every redirect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use url::{Host, Url};

use crate::unicode::{Unicode, parse_url};

/// The longest accepted URL, in bytes.
const MAX_URL: usize = 2048;

/// Domains that are not on the public internet, each with all names below it
/// (RFC 6761, 6762, 7686, 8375, 9476, and domains that routers use).
const LOCAL_ZONES: &[&str] = &[
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "lan",
    "home",
    "corp",
    "intranet",
    "private",
    "onion",
    "alt",
];

/// All IPv4 ranges that are not globally reachable
/// (IANA IPv4 Special-Purpose Address Registry), and one metadata service with a
/// public address.
const CLOSED_V4: &[([u8; 4], u8, Refusal)] = &[
    ([0, 0, 0, 0], 8, Refusal::Reserved),
    ([10, 0, 0, 0], 8, Refusal::Private),
    // Carrier-grade NAT; contains 100.100.100.200, a metadata service.
    ([100, 64, 0, 0], 10, Refusal::Private),
    ([127, 0, 0, 0], 8, Refusal::Loopback),
    // Contains 169.254.169.254, the metadata service of most clouds.
    ([169, 254, 0, 0], 16, Refusal::LinkLocal),
    ([172, 16, 0, 0], 12, Refusal::Private),
    ([192, 0, 0, 0], 24, Refusal::Reserved),
    ([192, 0, 2, 0], 24, Refusal::Reserved),
    ([192, 88, 99, 0], 24, Refusal::Reserved),
    ([192, 168, 0, 0], 16, Refusal::Private),
    ([198, 18, 0, 0], 15, Refusal::Reserved),
    ([198, 51, 100, 0], 24, Refusal::Reserved),
    ([203, 0, 113, 0], 24, Refusal::Reserved),
    ([224, 0, 0, 0], 4, Refusal::Multicast),
    ([240, 0, 0, 0], 4, Refusal::Reserved),
    // Azure's platform address.
    ([168, 63, 129, 16], 32, Refusal::LinkLocal),
];

/// The globally routable part of IPv6. The metadata service fd00:ec2::254 is not in it.
const GLOBAL_V6: ([u16; 8], u8) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Reserved blocks in that part: protocol assignments with Teredo and benchmarking, documentation,
/// 6to4.
const CLOSED_V6: &[([u16; 8], u8)] = &[
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

/// Ranges whose last 32 bits are the IPv4 address that packets are sent to:
/// IPv4-mapped and NAT64 (RFC 6052).
const EMBEDDED_V4: &[([u16; 8], u8)] = &[
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96),
    ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
];

/// The reason why the server does not connect to an address, for the person who entered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a URL, or one without a host.
    #[error("This is not a complete web address.")]
    Malformed,
    /// The scheme is not https.
    #[error("Only addresses that begin with https:// can be reached.")]
    Scheme,
    /// It contains `user:password@`.
    #[error("A web address must not contain a user name or password.")]
    Credentials,
    /// The port is not 443.
    #[error("Only the standard port can be reached.")]
    Port,
    /// A name of a local network.
    #[error("This name belongs to a local network.")]
    LocalName,
    /// The server itself.
    #[error("This address leads back to the server itself.")]
    Loopback,
    /// A private network.
    #[error("This address belongs to a private network.")]
    Private,
    /// Link-local, where metadata services are.
    #[error("This address belongs to a hosting provider's inner network.")]
    LinkLocal,
    /// Multicast or broadcast.
    #[error("This address belongs to a group, not to a site.")]
    Multicast,
    /// Reserved by a standard.
    #[error("This address is not part of the public internet.")]
    Reserved,
}

/// Host and port pairs that are allowed without a check: for development and tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    pairs: Vec<(String, u16)>,
}

impl AllowList {
    /// Reads `127.0.0.1:9000,fixtures.test:8080`. An entry without a host or a port
    /// is left out: it would allow more than intended.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = text
            .split(',')
            .filter_map(|entry| entry.trim().rsplit_once(':'))
            .filter(|(host, _)| !host.is_empty())
            .filter_map(|(host, port)| Some((host.to_ascii_lowercase(), port.parse().ok()?)))
            .collect();
        Self { pairs }
    }

    fn allows(&self, host: &str, port: u16) -> bool {
        self.pairs.iter().any(|(h, p)| h == host && *p == port)
    }
}

/// A URL that may be fetched, if the addresses of its name are allowed, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The URL without its fragment.
    pub url: Url,
    /// The name to resolve, whose addresses must all pass [`check_ip`]. None when the URL has an
    /// IP address, which passed, or is on the allow list.
    pub resolve: Option<String>,
}

/// Checks a URL from a person or from a redirect.
///
/// # Errors
/// [`Refusal`], the first that applies.
pub fn parse_target(
    url: &str,
    allow: &AllowList,
    unicode: &dyn Unicode,
) -> Result<Target, Refusal> {
    if url.len() > MAX_URL {
        return Err(Refusal::Malformed);
    }
    let mut url = parse_url(url, None, unicode).ok_or(Refusal::Malformed)?;
    url.set_fragment(None);
    if !matches!(url.scheme(), "https" | "http") {
        return Err(Refusal::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Credentials);
    }
    // The parser has converted every notation of an address (decimal, octal,
    // hexadecimal, short, full-width) into the usual one.
    let host = url.host().ok_or(Refusal::Malformed)?.to_owned();
    let port = url.port_or_known_default().ok_or(Refusal::Malformed)?;
    if allow.allows(&host.to_string(), port) {
        return Ok(Target { url, resolve: None });
    }
    if url.scheme() != "https" {
        return Err(Refusal::Scheme);
    }
    if url.port().is_some() {
        return Err(Refusal::Port);
    }
    let resolve = match host {
        Host::Ipv4(ip) => check_ip(ip.into()).map(|()| None)?,
        Host::Ipv6(ip) => check_ip(ip.into()).map(|()| None)?,
        Host::Domain(name) if is_local_name(&name) => return Err(Refusal::LocalName),
        Host::Domain(name) => Some(name),
    };
    Ok(Target { url, resolve })
}

/// Whether the name is one label, or is in a zone that no public resolver has.
pub(crate) fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    !name.contains('.') || LOCAL_ZONES.iter().any(|zone| is_within(&name, zone))
}

/// Whether `name` is `zone` or below it. Both are in lower case.
pub(crate) fn is_within(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Checks that the address belongs to the public internet.
///
/// # Errors
/// [`Refusal`], by kind of address.
pub fn check_ip(ip: IpAddr) -> Result<(), Refusal> {
    match ip {
        IpAddr::V4(ip) => check_v4(ip),
        IpAddr::V6(ip) => check_v6(ip),
    }
}

fn check_v4(ip: Ipv4Addr) -> Result<(), Refusal> {
    CLOSED_V4
        .iter()
        .find(|(network, bits, _)| {
            Ipv4Net::new((*network).into(), *bits).is_ok_and(|net| net.contains(&ip))
        })
        .map_or(Ok(()), |(.., refusal)| Err(*refusal))
}

fn check_v6(ip: Ipv6Addr) -> Result<(), Refusal> {
    let within = |(network, bits): &([u16; 8], u8)| {
        Ipv6Net::new((*network).into(), *bits).is_ok_and(|net| net.contains(&ip))
    };
    if EMBEDDED_V4.iter().any(within) {
        let [.., a, b, c, d] = ip.octets();
        return check_v4(Ipv4Addr::new(a, b, c, d));
    }
    if within(&GLOBAL_V6) && !CLOSED_V6.iter().any(within) {
        return Ok(());
    }
    Err(if ip.is_loopback() {
        Refusal::Loopback
    } else if ip.is_unique_local() {
        Refusal::Private
    } else if ip.is_unicast_link_local() {
        Refusal::LinkLocal
    } else if ip.is_multicast() {
        Refusal::Multicast
    } else {
        Refusal::Reserved
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unicode::Tables;
    use proptest::prelude::*;

    fn refusal(url: &str) -> Option<Refusal> {
        parse_target(url, &AllowList::default(), &Tables).err()
    }

    #[test]
    fn a_public_site_is_a_name_to_resolve() {
        let target =
            parse_target("https://Example.com/a?b#c", &AllowList::default(), &Tables).unwrap();
        assert_eq!(target.url.as_str(), "https://example.com/a?b");
        assert_eq!(target.resolve.as_deref(), Some("example.com"));
        assert_eq!(refusal("https://example.com:443/"), None);
    }

    #[test]
    fn a_public_address_needs_no_resolving() {
        for url in [
            "https://1.1.1.1/",
            "https://[2606:4700:4700::1111]/",
            "https://[::ffff:1.1.1.1]/",
        ] {
            assert_eq!(
                parse_target(url, &AllowList::default(), &Tables)
                    .unwrap()
                    .resolve,
                None
            );
        }
    }

    #[test]
    fn other_schemes_ports_and_credentials_are_refused() {
        for (url, expected) in [
            ("", Refusal::Malformed),
            ("example.com", Refusal::Malformed),
            ("https://", Refusal::Malformed),
            ("https://exa mple.com", Refusal::Malformed),
            ("https://[fe80::1%25eth0]/", Refusal::Malformed),
            ("http://example.com", Refusal::Scheme),
            ("ftp://example.com", Refusal::Scheme),
            ("file:///etc/passwd", Refusal::Scheme),
            ("gopher://example.com", Refusal::Scheme),
            ("javascript:alert(1)", Refusal::Scheme),
            ("https://a@example.com", Refusal::Credentials),
            ("https://a:b@example.com", Refusal::Credentials),
            ("https://:b@example.com", Refusal::Credentials),
            ("https://example.com:8443", Refusal::Port),
            ("https://example.com:80", Refusal::Port),
        ] {
            assert_eq!(refusal(url), Some(expected), "{url}");
        }
        assert_eq!(
            refusal(&format!("https://example.com/{}", "a".repeat(2048))),
            Some(Refusal::Malformed)
        );
    }

    #[test]
    fn every_notation_of_the_loopback_address_is_refused() {
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "127.0.0.1.",
            "127.255.255.254",
            "１２７.0.0.1",
            "127。0。0。1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::127.0.0.1]",
            "%31%32%37.0.0.1",
        ] {
            assert_eq!(
                refusal(&format!("https://{host}/")),
                Some(Refusal::Loopback),
                "{host}"
            );
        }
    }

    #[test]
    fn addresses_outside_the_public_internet_are_refused() {
        for (ip, expected) in [
            ("0.0.0.0", Refusal::Reserved),
            ("10.1.2.3", Refusal::Private),
            ("100.100.100.200", Refusal::Private),
            ("169.254.169.254", Refusal::LinkLocal),
            ("168.63.129.16", Refusal::LinkLocal),
            ("172.31.255.255", Refusal::Private),
            ("192.0.0.192", Refusal::Reserved),
            ("192.0.2.1", Refusal::Reserved),
            ("192.168.0.1", Refusal::Private),
            ("198.19.0.1", Refusal::Reserved),
            ("198.51.100.1", Refusal::Reserved),
            ("203.0.113.1", Refusal::Reserved),
            ("224.0.0.1", Refusal::Multicast),
            ("255.255.255.255", Refusal::Reserved),
            ("::", Refusal::Reserved),
            ("::7f00:1", Refusal::Reserved),
            ("fd00:ec2::254", Refusal::Private),
            ("fe80::1", Refusal::LinkLocal),
            ("fec0::1", Refusal::Reserved),
            ("ff02::1", Refusal::Multicast),
            ("100::1", Refusal::Reserved),
            ("::ffff:10.0.0.1", Refusal::Private),
            ("::ffff:0:10.0.0.1", Refusal::Reserved),
            ("64:ff9b::a9fe:a9fe", Refusal::LinkLocal),
            ("64:ff9b:1::1", Refusal::Reserved),
            ("2001::1", Refusal::Reserved),
            ("2001:2::1", Refusal::Reserved),
            ("2001:db8::1", Refusal::Reserved),
            ("2002:7f00:1::", Refusal::Reserved),
            ("2002:0101:0101::", Refusal::Reserved),
            ("3fff::1", Refusal::Reserved),
            ("5f00::1", Refusal::Reserved),
        ] {
            assert_eq!(check_ip(ip.parse().unwrap()), Err(expected), "{ip}");
        }
    }

    #[test]
    fn the_neighbours_of_closed_ranges_are_open() {
        for ip in [
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.169.0.0",
            "198.20.0.0",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "64:ff9b::1.1.1.1",
        ] {
            assert_eq!(check_ip(ip.parse().unwrap()), Ok(()), "{ip}");
        }
    }

    #[test]
    fn local_names_are_refused() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "printer.local",
            "router",
            "wiki.",
            "metadata.google.internal",
            "metadata",
            "x.home.arpa",
            "nas.lan",
            "ｌocalhost",
        ] {
            assert_eq!(
                refusal(&format!("https://{host}/")),
                Some(Refusal::LocalName),
                "{host}"
            );
        }
        assert_eq!(refusal("https://notlocalhost.com/"), None);
        assert_eq!(refusal("https://thelocal.se/"), None);
    }

    #[test]
    fn an_allow_listed_pair_passes_exactly() {
        let allow = AllowList::parse(
            " 127.0.0.1:9000, fixtures.test:8080,[::1]:7000,broken,:1,x:,y:99999 ",
        );
        let passes =
            |url| parse_target(url, &allow, &Tables).is_ok_and(|target| target.resolve.is_none());
        assert!(passes("http://127.0.0.1:9000/a"));
        assert!(passes("https://Fixtures.test:8080/"));
        assert!(passes("http://[::1]:7000/"));
        assert!(!passes("http://127.0.0.1:9001/"));
        assert!(!passes("http://127.0.0.1/"));
        assert!(!passes("http://fixtures.test/"));
        assert!(!passes("http://a.fixtures.test:8080/"));
        assert!(!passes("http://u:p@127.0.0.1:9000/"));
        assert!(!passes("ftp://127.0.0.1:9000/"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = parse_target(&text, &AllowList::parse(&text), &Tables);
        }

        #[test]
        fn no_wrapping_opens_a_closed_address(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = v4.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            let closed = check_v4(v4).is_err();
            for prefix in [[0, 0, 0, 0, 0, 0xffff], [0x64, 0xff9b, 0, 0, 0, 0], [0; 6]] {
                let [p, q, r, s, t, u] = prefix;
                let v6 = Ipv6Addr::new(p, q, r, s, t, u, high, low);
                prop_assert!(!closed || check_v6(v6).is_err());
            }
        }
    }
}
