//! The terminal interface, an ordinary client of the local API. `state` holds what is known and
//! selected, `update` changes it, `view` draws it.

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

/// From one frame to the next, at least: 30 in a second.
const FRAME: Duration = Duration::from_millis(33);
/// How many messages are taken in before keys are looked at again.
const BATCH: usize = 512;
/// How many messages wait before the supervisor has to.
const QUEUE: usize = 4_096;

/// Looks for the supervisor that runs now; none while there is none.
pub type Find = Box<dyn Fn() -> Option<Client> + Send + Sync>;

/// Shows a project until the user leaves, a signal asks for the end, or the terminal is closed.
/// The terminal is given back in any case. With `find`, the supervisor is another program's, and
/// when it has ended, the next one is shown; without, it ends with the interface.
///
/// # Errors
///
/// When the terminal cannot be taken over, or drawn on.
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
    let mut shell = Shell {
        client,
        sender,
        screen: &mut screen,
        last,
    };
    let end = shell.run(&mut state, &mut signals, &mut arrivals).await;
    follower.abort();
    end.or_else(|error| match error {
        error if terminal::is_gone(&error) => Ok(()),
        error => Err(error),
    })
}

struct Shell<'a> {
    /// Of the supervisor that runs now.
    client: watch::Receiver<Client>,
    sender: mpsc::Sender<Message>,
    screen: &'a mut Screen,
    /// When the last frame was drawn.
    last: Instant,
}

impl Shell<'_> {
    /// Keys come before frames, and frames before what happens in the project: a flood of lines
    /// costs frames, never keys.
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
                        // What reads keys would read the editor's.
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

    /// Opens the editor on a text. None when the program should end.
    async fn edit(
        &mut self,
        state: &mut State,
        signals: &mut Signals,
        text: &str,
    ) -> io::Result<Option<Message>> {
        self.screen.lend();
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
        self.screen.take_again(state.mouse)?;
        self.look_again(state)?;
        Ok(Some(Message::Edited(edited)))
    }

    /// After a while away: it is later, and the window may be another one.
    fn look_again(&self, state: &mut State) -> io::Result<()> {
        state.now = Timestamp::now();
        update::update(state, Message::Resize(self.screen.size()?));
        Ok(())
    }

    /// False ends the interface.
    fn perform(&mut self, state: &mut State, effect: Effect) -> io::Result<bool> {
        match effect {
            Effect::Quit => return Ok(false),
            Effect::Mouse(take) => self.screen.take_mouse(take)?,
            Effect::Suspend => {
                self.screen.suspend(state.mouse)?;
                self.look_again(state)?;
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
                        // The error only says that the interface has ended.
                        let _ = sender.send(message).await;
                    }
                });
            }
        }
        Ok(true)
    }
}

/// What of the terminal's events concerns the state.
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

/// What people do; never anything while the terminal is lent.
async fn next(input: &mut Option<EventStream>) -> Option<io::Result<Terminal>> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}

/// What others want of the program.
struct Signals {
    terminate: Signal,
    hangup: Signal,
    interrupt: Signal,
    /// Ctrl-Z in an editor stops every process in the terminal's foreground, but it must not stop
    /// the supervisor.
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

    /// Returns when the program is to end.
    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hangup.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// As `any`, while an editor has the terminal: Ctrl-C is for the editor, and Ctrl-Z lets it go
    /// on at once where the supervisor cannot be suspended.
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
                    // The error means that there is no such group, so nothing was stopped.
                    let _ = kill_current_process_group(rustix::process::Signal::CONT);
                }
            }
        }
    }
}
