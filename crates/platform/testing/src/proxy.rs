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

/// Connections to the server that no client uses, each with what the server sent when it was opened.
type Kept = Arc<Mutex<Vec<(TcpStream, Vec<u8>)>>>;

impl CountingProxy {
    /// Listens in front of the server at `upstream`, and opens a connection for each client.
    pub async fn start(upstream: (String, u16)) -> Self {
        Self::listen(upstream, None).await
    }

    /// As [`start`](Self::start), but keeps a client's connection for the next one, as Hyperdrive does.
    /// Only for clients that come one after the other and read each answer to its end.
    pub async fn keeping_connections(upstream: (String, u16)) -> Self {
        Self::listen(upstream, Some(Kept::default())).await
    }

    async fn listen(upstream: (String, u16), kept: Option<Kept>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let round_trips = Arc::new(AtomicUsize::new(0));
        let counter = round_trips.clone();
        let times = Times::default();
        let clock = times.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (upstream, counter, clock) = (upstream.clone(), counter.clone(), clock.clone());
                let kept = kept.clone();
                tokio::spawn(async move {
                    let idle = kept.as_ref().and_then(|kept| kept.lock().unwrap().pop());
                    let Some((mut server, greeting)) = open(&mut client, &upstream, idle).await
                    else {
                        return;
                    };
                    let is_open = forward(&mut client, &mut server, &counter, &clock).await;
                    if let Some(kept) = kept.filter(|_| is_open) {
                        kept.lock().unwrap().push((server, greeting));
                    }
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

/// The connection for a client: `idle`, or one that the client opens. Returns it with the server's
/// messages from AuthenticationOk to ReadyForQuery.
async fn open(
    client: &mut TcpStream,
    upstream: &(String, u16),
    idle: Option<(TcpStream, Vec<u8>)>,
) -> Option<(TcpStream, Vec<u8>)> {
    let (_, startup) = read_message(client, false).await?;
    if let Some((server, greeting)) = idle {
        client.write_all(&greeting).await.ok()?;
        return Some((server, greeting));
    }
    let mut server = TcpStream::connect((upstream.0.as_str(), upstream.1))
        .await
        .ok()?;
    server.write_all(&startup).await.ok()?;
    let mut greeting = Vec::new();
    loop {
        let (kind, message) = read_message(&mut server, true).await?;
        client.write_all(&message).await.ok()?;
        let step = message
            .get(5..9)
            .filter(|_| kind == b'R')
            .and_then(|code| code.try_into().ok())
            .map(u32::from_be_bytes);
        match step {
            // A password, or a step of SASL: the client answers.
            Some(3 | 5 | 10 | 11) => {
                let (_, answer) = read_message(client, true).await?;
                server.write_all(&answer).await.ok()?;
            }
            // SASL's last message.
            Some(12) => {}
            _ => greeting.extend(message),
        }
        if kind == b'Z' {
            return Some((server, greeting));
        }
    }
}

/// Forwards until one side closes its connection. Returns whether the server's is still open.
async fn forward(
    client: &mut TcpStream,
    server: &mut TcpStream,
    round_trips: &AtomicUsize,
    times: &Times,
) -> bool {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let down = async {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            if let Some((_, end)) = times.lock().unwrap().last_mut() {
                *end = Instant::now();
            }
            if to_client.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    let up = async {
        while let Some((kind, message)) = read_message(&mut from_client, true).await {
            match kind {
                // Terminate.
                b'X' => break,
                // Sync ends an extended query, Query is a simple one: each waits for the server.
                b'S' | b'Q' => {
                    round_trips.fetch_add(1, Ordering::SeqCst);
                    let now = Instant::now();
                    times.lock().unwrap().push((now, now));
                }
                _ => {}
            }
            if to_server.write_all(&message).await.is_err() {
                return false;
            }
        }
        true
    };
    tokio::select! {
        is_open = up => is_open,
        () = down => false,
    }
}

/// One message with its bytes (PostgreSQL protocol 3, "Message Formats"). The startup packet is not typed.
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
