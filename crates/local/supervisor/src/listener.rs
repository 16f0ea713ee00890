//! Finds the process that listens at an address of this machine. Reads `/proc`; without it the
//! owner is unknown.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::stats::holder;
use crate::procfs;

/// Programs that listen for a container. The container's processes are not descendants of the
/// process that started it.
const FORWARDERS: [&str; 7] = [
    "docker-proxy",
    "rootlesskit",
    "rootlessport",
    "slirp4netns",
    "pasta",
    "conmon",
    "com.docker.back",
];

/// The process that owns a listener.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The process itself or a descendant.
    Own,
    /// Another program.
    Other { pid: i32, name: String },
    /// A process of another user or of a container, or `prox` itself, whose proxy forwards to a
    /// service.
    Unknown,
}

/// Finds the owner of the listener at an address, relative to the process `leader` and its
/// descendants. Blocks for some milliseconds.
pub(super) fn owner(address: SocketAddr, leader: u32) -> Owner {
    let inodes = listeners_at(address);
    let Ok(leader) = i32::try_from(leader) else {
        return Owner::Unknown;
    };
    if inodes.is_empty() {
        return Owner::Unknown;
    }
    let all = procfs::all();
    let by_pid: HashMap<i32, procfs::Stat> = all.iter().map(|stat| (stat.pid, *stat)).collect();
    let children = procfs::children(&all);
    let top = holder(&by_pid, leader).unwrap_or(leader);
    let own: HashSet<i32> = procfs::tree(&children, top).collect();
    if own.iter().any(|pid| has_any(*pid, &inodes)) {
        return Owner::Own;
    }
    let mut others = all.iter().map(|stat| stat.pid);
    let other = others.find(|pid| !own.contains(pid) && has_any(*pid, &inodes));
    let Some(pid) = other.filter(|pid| u32::try_from(*pid) != Ok(std::process::id())) else {
        return Owner::Unknown;
    };
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let name = name.trim();
    if name.is_empty() || FORWARDERS.contains(&name) {
        return Owner::Unknown;
    }
    Owner::Other {
        pid,
        name: name.chars().filter(|c| !c.is_control()).collect(),
    }
}

/// Whether a process has one of these sockets open. False for processes of other users, which
/// cannot be read.
fn has_any(pid: i32, inodes: &HashSet<u64>) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let target = fs::read_link(entry.path()).ok();
        let inode = target.as_ref().and_then(|target| {
            let text = target.to_str()?;
            text.strip_prefix("socket:[")?
                .strip_suffix(']')?
                .parse()
                .ok()
        });
        inode.is_some_and(|inode: u64| inodes.contains(&inode))
    })
}

/// The sockets that accept connections to an address: those bound to this address, else those bound
/// to all addresses.
fn listeners_at(address: SocketAddr) -> HashSet<u64> {
    let tables = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];
    let tables = tables
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok());
    let listening: Vec<(SocketAddr, u64)> = tables.flat_map(|table| parse(&table)).collect();
    answering(&listening, address)
}

fn answering(listening: &[(SocketAddr, u64)], address: SocketAddr) -> HashSet<u64> {
    let ip = address.ip().to_canonical();
    let at_port = listening
        .iter()
        .filter(|(at, _)| at.port() == address.port());
    let exact: HashSet<u64> = at_port
        .clone()
        .filter(|(at, _)| at.ip().to_canonical() == ip)
        .map(|(_, inode)| *inode)
        .collect();
    if !exact.is_empty() {
        return exact;
    }
    // A socket bound to all IPv6 addresses also accepts IPv4, unless another socket does.
    let for_all = |all: IpAddr| -> HashSet<u64> {
        let of_all = at_port.clone().filter(|(at, _)| at.ip() == all);
        of_all.map(|(_, inode)| *inode).collect()
    };
    let v6 = for_all(Ipv6Addr::UNSPECIFIED.into());
    let v4 = for_all(Ipv4Addr::UNSPECIFIED.into());
    if ip.is_ipv4() && !v4.is_empty() {
        v4
    } else {
        v6
    }
}

/// The addresses and inodes of the listening sockets in a table of `/proc/net`.
fn parse(table: &str) -> Vec<(SocketAddr, u64)> {
    const LISTEN: &str = "0A";
    let one = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (ip, port) = fields.get(1)?.rsplit_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let inode = fields.get(9)?.parse().ok()?;
        (*fields.get(3)? == LISTEN).then_some((SocketAddr::new(address(ip)?, port), inode))
    };
    table.lines().skip(1).filter_map(one).collect()
}

/// Parses an address in hexadecimal: words of four bytes in this machine's byte order.
fn address(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| -> Option<[u8; 4]> {
        let word = u32::from_str_radix(hex.get(at * 8..at * 8 + 8)?, 16).ok()?;
        Some(word.to_ne_bytes())
    };
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let mut bytes = [0; 16];
            for (at, part) in bytes.chunks_mut(4).enumerate() {
                part.copy_from_slice(&word(at)?);
            }
            Some(Ipv6Addr::from(bytes).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[cfg(target_endian = "little")]
    #[test]
    fn a_listener_for_one_address_precedes_those_for_all() {
        let table = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0
   2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0
   3: 0100007F:1F91 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0
";
        let table6 = "\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 1 0
   1: 00000000000000000000000001000000:1F93 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 6 1 0
";
        let all: Vec<_> = parse(table).into_iter().chain(parse(table6)).collect();
        for (address, expected) in [
            ("127.0.0.1:8080", &[1][..]),
            ("127.0.0.2:8080", &[2]),
            ("127.0.0.1:8081", &[3]),
            ("127.0.0.1:8082", &[5]),
            ("[::1]:8082", &[5]),
            ("[::1]:8083", &[6]),
            ("127.0.0.1:8083", &[]),
            ("127.0.0.1:80", &[]),
        ] {
            let found = answering(&all, address.parse().unwrap());
            assert_eq!(found, expected.iter().copied().collect(), "{address}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_listener_of_another_program_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // Seen from a process that does not listen, this one is prox.
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        assert_eq!(owner(address, child.id()), Owner::Unknown);
        assert_eq!(owner(address, std::process::id()), Owner::Own);
        child.kill().unwrap();
        child.wait().unwrap();
        drop(listener);
        assert_eq!(owner(address, std::process::id()), Owner::Unknown);
    }
}
