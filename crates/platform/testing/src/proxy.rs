//! A proxy in front of Postgres that counts and times the round trips of clients after they have
//! connected.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A proxy that counts round trips.
pub struct CountingProxy {
    /// The port on which it listens on loopback.
    pub port: u16,
    round_trips: Arc<AtomicUsize>,
    times: Times,
}

/// When each round trip began and when its last byte came.
type Times = Arc<Mutex<Vec<(Instant, Instant)>>>;

impl CountingProxy {
    /// Listens in front of the server at `upstream`.
    pub async fn start(upstream: (String, u16)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let round_trips = Arc::new(AtomicUsize::new(0));
        let counter = round_trips.clone();
        let times = Times::default();
        let clock = times.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (upstream, counter, clock) = (upstream.clone(), counter.clone(), clock.clone());
                tokio::spawn(async move {
                    let server = TcpStream::connect((upstream.0.as_str(), upstream.1))
                        .await
                        .unwrap();
                    forward(client, server, counter, clock).await;
                });
            }
        });
        Self {
            port,
            round_trips,
            times,
        }
    }

    /// The number of round trips since the last call.
    pub fn take(&self) -> usize {
        self.round_trips.swap(0, Ordering::SeqCst)
    }

    /// How long each round trip since the last call took, from the last byte of the request to the last
    /// byte of the answer. Only for round trips one after the other.
    pub fn take_times(&self) -> Vec<Duration> {
        let times = std::mem::take(&mut *self.times.lock().unwrap());
        times.iter().map(|(begin, end)| *end - *begin).collect()
    }
}

async fn forward(
    client: TcpStream,
    server: TcpStream,
    round_trips: Arc<AtomicUsize>,
    times: Times,
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = times.clone();
    let down = tokio::spawn(async move {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            if let Some((_, end)) = answers.lock().unwrap().last_mut() {
                *end = Instant::now();
            }
            if to_client.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
        let _ = to_client.shutdown().await;
    });
    // The startup packet has no type byte, and is forwarded without being counted.
    let mut typed = false;
    while let Some((kind, message)) = read_message(&mut from_client, typed).await {
        // Sync ends an extended query, Query is a simple one: each waits for the server.
        if matches!(kind, b'S' | b'Q') {
            round_trips.fetch_add(1, Ordering::SeqCst);
            let now = Instant::now();
            times.lock().unwrap().push((now, now));
        }
        typed = true;
        if to_server.write_all(&message).await.is_err() {
            break;
        }
    }
    let _ = to_server.shutdown().await;
    let _ = down.await;
}

/// One frontend message with its bytes (PostgreSQL protocol 3, "Message Formats").
async fn read_message(
    from: &mut (impl AsyncReadExt + Unpin),
    typed: bool,
) -> Option<(u8, Vec<u8>)> {
    let mut message = Vec::new();
    let kind = if typed { from.read_u8().await.ok()? } else { 0 };
    if typed {
        message.push(kind);
    }
    let length = from.read_u32().await.ok()?;
    message.extend(length.to_be_bytes());
    let start = message.len();
    message.resize(start + usize::try_from(length).ok()?.checked_sub(4)?, 0);
    from.read_exact(&mut message[start..]).await.ok()?;
    Some((kind, message))
}
