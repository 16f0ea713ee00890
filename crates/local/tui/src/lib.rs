//! The terminal interface, an ordinary client of the local API. `state` has the data and the
//! selection, `update` changes it, `view` draws it.

mod ansi;
mod buffer;
mod detail;
mod draft;
mod editor;
mod feed;
mod input;
mod keys;
mod layout;
mod line;
mod log_view;
mod requests;
mod state;
mod table;
mod terminal;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod theme;
mod update;
mod view;

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use crossterm::event::{Event as Terminal, EventStream, KeyEventKind, MouseEventKind};
use futures_util::StreamExt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::process::kill_current_process_group;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};

pub use theme::Theme;

use self::layout::Size;
use self::state::{Effect, Message, Role, State};
use self::terminal::Screen;
use prox_control::Client;

/// The minimum time between frames: 30 frames a second.
const FRAME: Duration = Duration::from_millis(33);
/// The maximum number of messages that are handled before keys are read again.
const BATCH: usize = 512;
/// The capacity of the message queue; when it is full, reading from the supervisor waits.
const QUEUE: usize = 4_096;

/// Finds the running supervisor. Returns None while there is none.
pub type Find = Box<dyn Fn() -> Option<Client> + Send + Sync>;

/// Runs the interface until the user quits, a signal ends it, or the terminal is closed. Always
/// restores the terminal. With `find`, the supervisor is another program, and when it has ended,
/// the next one is shown. Without `find`, the supervisor is in this program and ends with the
/// interface.
///
/// # Errors
///
/// When the terminal cannot be set up or drawn on.
pub async fn run(client: Client, project: &str, find: Option<Find>) -> io::Result<()> {
    let role = match find {
        Some(_) => Role::Attached,
        None => Role::Foreground,
    };
    let mut signals = Signals::new(role)?;
    let mut screen = Screen::open()?;
    let theme = Theme::from_env(|name| std::env::var(name).ok());
    let mut state = State::new(
        project.to_owned(),
        role,
        theme,
        screen.size()?,
        TimeZone::system(),
    );
    state.now = Timestamp::now();

    let (sender, mut arrivals) = mpsc::channel(QUEUE);
    let (changes, client) = watch::channel(client);
    let follower = tokio::spawn(feed::follow(changes, find, sender.clone()));
    let last = Instant::now();
    let mut shell = Runner {
        client,
        sender,
        screen: &mut screen,
        last,
    };
    let end = shell.run(&mut state, &mut signals, &mut arrivals).await;
    follower.abort();
    end.or_else(|error| match error {
        error if terminal::is_closed(&error) => Ok(()),
        error => Err(error),
    })
}

struct Runner<'a> {
    /// The client of the running supervisor.
    client: watch::Receiver<Client>,
    sender: mpsc::Sender<Message>,
    screen: &'a mut Screen,
    /// The time of the last frame.
    last: Instant,
}

impl Runner<'_> {
    /// Runs the event loop. Keys take precedence over frames, and frames over events of the
    /// project: much output reduces the frame rate, but never delays keys.
    async fn run(
        &mut self,
        state: &mut State,
        signals: &mut Signals,
        arrivals: &mut mpsc::Receiver<Message>,
    ) -> io::Result<()> {
        let mut input = Some(EventStream::new());
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(BATCH);
        let mut due = Some(Instant::now());
        loop {
            let frame = due.unwrap_or_else(Instant::now);
            tokio::select! {
                biased;
                () = signals.any() => return Ok(()),
                event = next(&mut input) => match event {
                    None => return Ok(()),
                    Some(event) => batch.extend(message(event?)),
                },
                () = tokio::time::sleep_until(frame), if due.is_some() => {
                    self.screen.draw(state)?;
                    due = None;
                    self.last = Instant::now();
                }
                _ = seconds.tick() => batch.push(Message::Tick(Timestamp::now())),
                _ = arrivals.recv_many(&mut batch, BATCH) => {}
            }
            if batch.is_empty() {
                continue;
            }
            for message in batch.drain(..) {
                let mut effects = VecDeque::from(update::update(state, message));
                while let Some(effect) = effects.pop_front() {
                    if let Effect::Edit(text) = effect {
                        // Otherwise our reader would take keys from the editor.
                        drop(input.take());
                        let Some(message) = self.edit(state, signals, &text).await? else {
                            return Ok(());
                        };
                        input = Some(EventStream::new());
                        effects.extend(update::update(state, message));
                    } else if !self.perform(state, effect)? {
                        return Ok(());
                    }
                }
            }
            due = due.or(Some(self.last + FRAME));
        }
    }

    /// Opens a text in the editor. None when the program must end.
    async fn edit(
        &mut self,
        state: &mut State,
        signals: &mut Signals,
        text: &str,
    ) -> io::Result<Option<Message>> {
        self.screen.release();
        let edited = match editor::File::new(text) {
            Err(error) => Err(format!("the text cannot be written: {error}")),
            Ok(file) => match editor::open(&file) {
                Err(error) => Err(format!("no editor can be started: {error}")),
                Ok(child) => tokio::select! {
                    edited = editor::finish(child, &file) => edited,
                    () = signals.while_edited() => return Ok(None),
                },
            },
        };
        self.screen.reacquire(state.mouse)?;
        self.refresh(state)?;
        Ok(Some(Message::Edited(edited)))
    }

    /// Updates the time and the size after the interface was in the background.
    fn refresh(&self, state: &mut State) -> io::Result<()> {
        state.now = Timestamp::now();
        update::update(state, Message::Resize(self.screen.size()?));
        Ok(())
    }

    /// Executes an effect. Returns false to end the interface.
    fn perform(&mut self, state: &mut State, effect: Effect) -> io::Result<bool> {
        match effect {
            Effect::Quit => return Ok(false),
            Effect::Mouse(take) => self.screen.take_mouse(take)?,
            Effect::Suspend => {
                self.screen.suspend(state.mouse)?;
                self.refresh(state)?;
            }
            Effect::Copy { text, what } => {
                let result = if self.screen.copy(&text)? {
                    Message::Done(format!("Copied {what}"))
                } else {
                    Message::Failed(format!("{what}: too much for the terminal’s clipboard"))
                };
                update::update(state, result);
            }
            effect => {
                let (client, sender) = (self.client.borrow().clone(), self.sender.clone());
                tokio::spawn(async move {
                    if let Some(message) = feed::perform(client, effect).await {
                        // Sending fails only after the interface has ended.
                        let _ = sender.send(message).await;
                    }
                });
            }
        }
        Ok(true)
    }
}

/// Converts an event of the terminal to a message. None for events that are ignored.
fn message(event: Terminal) -> Option<Message> {
    match event {
        Terminal::Key(key) if key.kind != KeyEventKind::Release => Some(Message::Key(key)),
        Terminal::Mouse(mouse) if mouse.kind != MouseEventKind::Moved => {
            Some(Message::Mouse(mouse))
        }
        Terminal::Paste(text) => Some(Message::Paste(text)),
        Terminal::Resize(width, height) => Some(Message::Resize(Size { width, height })),
        _ => None,
    }
}

/// The next event of the terminal. Pending while another program uses the terminal.
async fn next(input: &mut Option<EventStream>) -> Option<io::Result<Terminal>> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}

/// The signals that this program handles.
struct Signals {
    terminate: Signal,
    hangup: Signal,
    interrupt: Signal,
    /// SIGTSTP: Ctrl-Z in an editor stops all processes in the foreground of the terminal, but must
    /// not stop the supervisor.
    stop: Option<Signal>,
}

impl Signals {
    fn new(role: Role) -> io::Result<Self> {
        let stop = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: match role {
                Role::Foreground => Some(signal(stop)?),
                Role::Attached => None,
            },
        })
    }

    /// Returns when a signal asks the program to end.
    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits as `any` does, while an editor has the terminal: ignores Ctrl-C, which is for the
    /// editor, and resumes the editor after Ctrl-Z where the supervisor cannot be suspended.
    async fn while_edited(&mut self) {
        loop {
            let stop = async {
                match &mut self.stop {
                    Some(stop) => stop.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.hangup.recv() => return,
                _ = self.interrupt.recv() => {}
                _ = stop => {
                    // An error means that there is no such process group, so nothing was stopped.
                    let _ = kill_current_process_group(rustix::process::Signal::CONT);
                }
            }
        }
    }
}
