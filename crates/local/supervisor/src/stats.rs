//! Measures processor time, memory and ports of each process tree. Reads `/proc`; without it there
//! are no measurements.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::time::Instant;

use crate::procfs::{self, Stat};

/// The usage of one process tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Processor time in percent of one processor, to one decimal. None in the first measurement.
    pub(crate) cpu_percent: Option<f32>,
    pub(crate) memory_bytes: u64,
    pub(crate) ports: Vec<u16>,
}

/// Keeps the previous measurement, because processor time only counts up.
#[derive(Debug, Default)]
pub(crate) struct Sampler {
    seen: Option<Instant>,
    ticks: HashMap<i32, u64>,
    sockets: Sockets,
}

impl Sampler {
    /// Measures the trees of these processes. Blocks for some milliseconds. A process that has
    /// ended has no usage. None where there is no `/proc`.
    pub(crate) fn sample(
        &mut self,
        leaders: &HashMap<String, u32>,
    ) -> Option<HashMap<String, Usage>> {
        let now = Instant::now();
        let all = procfs::all();
        if all.is_empty() {
            return None;
        }
        let by_pid: HashMap<i32, Stat> = all.iter().map(|stat| (stat.pid, *stat)).collect();
        let children = procfs::children(&all);
        let trees: HashMap<&String, Vec<i32>> = leaders
            .iter()
            .filter_map(|(name, leader)| {
                let holder = holder(&by_pid, i32::try_from(*leader).ok()?)?;
                Some((name, procfs::below(&children, holder)))
            })
            .collect();

        let elapsed = self.seen.replace(now).map(|seen| now - seen);
        let ports = self.sockets.ports(trees.values().flatten().copied());
        let mut ticks = HashMap::new();
        let mut usages = HashMap::new();
        for (name, tree) in trees {
            let mut usage = Usage::default();
            let mut used: u64 = 0;
            let mut known = false;
            let mut tree_ports = BTreeSet::new();
            for pid in tree {
                let Some(stat) = by_pid.get(&pid) else {
                    continue;
                };
                ticks.insert(pid, stat.ticks);
                let before = self.ticks.get(&pid);
                known |= before.is_some();
                used += stat.ticks.saturating_sub(before.copied().unwrap_or(0));
                usage.memory_bytes += stat.pages * page_size();
                tree_ports.extend(ports.get(&pid).into_iter().flatten());
            }
            usage.cpu_percent = elapsed.filter(|_| known).map(|elapsed| {
                let seconds = used as f64 / ticks_per_second() as f64;
                let percent = seconds / elapsed.as_secs_f64().max(0.001) * 100.0;
                ((percent * 10.0).round() / 10.0) as f32
            });
            usage.ports = tree_ports.into_iter().collect();
            usages.insert(name.clone(), usage);
        }
        self.ticks = ticks;
        Some(usages)
    }
}

/// The process id of the `prox __run` that started a process, when this program started that.
pub(super) fn holder(by_pid: &HashMap<i32, Stat>, leader: i32) -> Option<i32> {
    let holder = by_pid.get(&leader)?.parent;
    let above = by_pid.get(&holder)?.parent;
    (i32::try_from(std::process::id()) == Ok(above)).then_some(holder)
}

#[cfg(target_os = "linux")]
fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

#[cfg(target_os = "linux")]
fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second()
}

#[cfg(not(target_os = "linux"))]
fn page_size() -> u64 {
    4096
}

#[cfg(not(target_os = "linux"))]
fn ticks_per_second() -> u64 {
    100
}

/// The ports on which processes listen. Reads the sockets of processes only when processes or
/// sockets have changed.
#[derive(Debug, Default)]
struct Sockets {
    listening: HashMap<u64, u16>,
    pids: HashSet<i32>,
    ports: HashMap<i32, BTreeSet<u16>>,
}

impl Sockets {
    fn ports(&mut self, pids: impl Iterator<Item = i32>) -> &HashMap<i32, BTreeSet<u16>> {
        let pids: HashSet<i32> = pids.collect();
        let listening: HashMap<u64, u16> = ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
            .into_iter()
            .filter_map(|file| fs::read_to_string(file).ok())
            .flat_map(|table| listening(&table))
            .collect();
        if pids != self.pids || listening != self.listening {
            self.ports = pids
                .iter()
                .map(|pid| (*pid, of(*pid, &listening)))
                .collect();
            self.pids = pids;
            self.listening = listening;
        }
        &self.ports
    }
}

/// The ports of one process.
fn of(pid: i32, listening: &HashMap<u64, u16>) -> BTreeSet<u16> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return BTreeSet::new();
    };
    entries
        .filter_map(|entry| {
            let target = fs::read_link(entry.ok()?.path()).ok()?;
            let inode = target
                .to_str()?
                .strip_prefix("socket:[")?
                .strip_suffix(']')?;
            listening.get(&inode.parse().ok()?).copied()
        })
        .collect()
}

/// The inodes and ports of the listening sockets in a table of `/proc/net`.
fn listening(table: &str) -> HashMap<u64, u16> {
    const LISTEN: &str = "0A";
    let one = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let local = fields.nth(1)?;
        let state = fields.nth(1)?;
        let inode = fields.nth(5)?.parse().ok()?;
        let (_, port) = local.rsplit_once(':')?;
        (state == LISTEN)
            .then(|| u16::from_str_radix(port, 16).ok())
            .flatten()
            .map(|port| (inode, port))
    };
    table.lines().skip(1).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_that_listen_have_ports() {
        let table = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0
   1: 0100007F:8C02 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0
";
        assert_eq!(listening(table), HashMap::from([(4711, 8080)]));
    }
}
