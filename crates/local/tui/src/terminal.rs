//! Sets the terminal up for the interface, and restores it however the program ends.

use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use rustix::io::Errno;
use rustix::process::{Signal, kill_current_process_group};

use super::layout::Size;
use super::state::State;
use super::view;

/// The maximum size of a copied text in base64; some terminals reject more.
const MAX_COPY: usize = 74_994;

type Backend = CrosstermBackend<BufWriter<Stdout>>;

/// The terminal while the interface uses it.
pub(crate) struct Screen {
    /// Never dropped: dropping shows the cursor, as `restore_terminal` does, but panics when the terminal
    /// is gone.
    terminal: ManuallyDrop<Terminal<Backend>>,
}

impl Screen {
    /// Sets the terminal up. A panic restores it before its message is printed.
    pub(crate) fn open() -> io::Result<Self> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restore_terminal();
            before(info);
        }));
        match take().and_then(|()| Terminal::new(CrosstermBackend::new(BufWriter::new(stdout())))) {
            Ok(terminal) => Ok(Self {
                terminal: ManuallyDrop::new(terminal),
            }),
            Err(error) => {
                restore_terminal();
                Err(error)
            }
        }
    }

    /// Suspends this program, as Ctrl-Z does, until the shell resumes it.
    pub(crate) fn suspend(&mut self, mouse: bool) -> io::Result<()> {
        restore_terminal();
        kill_current_process_group(Signal::TSTP)?;
        self.reacquire(mouse)
    }

    /// Restores the terminal for another program.
    pub(crate) fn release(&self) {
        restore_terminal();
    }

    /// Sets the terminal up again, and redraws everything.
    pub(crate) fn reacquire(&mut self, mouse: bool) -> io::Result<()> {
        take()?;
        self.take_mouse(mouse)?;
        // The next frame is drawn against an empty buffer. ratatui's own `clear` would request the
        // position of the cursor from the terminal, and read keys while it waits for the answer.
        execute!(self.terminal.backend_mut(), Clear(ClearType::All))?;
        self.terminal.swap_buffers();
        Ok(())
    }

    pub(crate) fn size(&self) -> io::Result<Size> {
        let size = self.terminal.size()?;
        Ok(Size {
            width: size.width,
            height: size.height,
        })
    }

    /// Draws the changes in one synchronized update.
    pub(crate) fn draw(&mut self, state: &State) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| view::draw(state, frame))?;
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.terminal.backend_mut())
    }

    /// Turns mouse events on or off.
    pub(crate) fn take_mouse(&mut self, take: bool) -> io::Result<()> {
        if take {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.terminal.backend_mut(), DisableMouseCapture)
        }
    }

    /// Copies a text to the clipboard of the terminal (OSC 52), which also works over SSH. Returns
    /// false when the text is too long.
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<bool> {
        if copy_by_tmux(text) {
            return Ok(true);
        }
        let encoded = BASE64_STANDARD.encode(text);
        if encoded.len() > MAX_COPY {
            return Ok(false);
        }
        let backend = self.terminal.backend_mut();
        write!(backend, "\x1b]52;c;{encoded}\x07")?;
        Write::flush(backend)?;
        Ok(true)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore_terminal();
    }
}

/// Copies a text by a command of tmux, when that is the terminal: by default tmux does not let
/// programs set the clipboard themselves.
fn copy_by_tmux(text: &str) -> bool {
    if std::env::var_os("TMUX").is_none_or(|socket| socket.is_empty()) {
        return false;
    }
    let tmux = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut tmux) = tmux else { return false };
    let written = tmux
        .stdin
        .take()
        .map(|mut stdin| stdin.write_all(text.as_bytes()));
    let ended = tmux.wait();
    matches!(written, Some(Ok(()))) && ended.is_ok_and(|status| status.success())
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(
        stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableMouseCapture
    )
}

/// Whether the error means that the terminal was closed: its window, or the connection to it.
pub(crate) fn is_closed(error: &io::Error) -> bool {
    let last_removed = [Errno::IO, Errno::NXIO].map(Errno::raw_os_error);
    error
        .raw_os_error()
        .is_some_and(|code| last_removed.contains(&code))
}

/// Restores the terminal. Ignores errors: the terminal is closed, or was never set up.
fn restore_terminal() {
    let _ = execute!(
        stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}
