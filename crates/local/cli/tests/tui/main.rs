//! The terminal interface in a real terminal: the built binary in tmux, keys sent to it, and its
//! screen read back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod terminal;

use terminal::{Project, Terminal, free_port, get, server};

const SHOP: &str = r#"
processes:
  web: 'echo "ready on port 3000"; while read line; do echo "heard $line"; done'
  api: 'printf "\033[31mred alert\033[0m\n{\"level\":\"error\",\"msg\":\"no route\",\"tries\":3}\n"; sleep 1000'
  worker: 'sleep 1000'
groups: {backend: [api, worker]}
"#;

/// Starts the shop in the background, and an interface with this many rows that is attached to it.
fn attached(rows: u16) -> (Project, Terminal) {
    let project = Project::new(SHOP);
    project.prox(&["up", "-d"]);
    let terminal = attach(&project, rows);
    (project, terminal)
}

fn attach(project: &Project, rows: u16) -> Terminal {
    let terminal = Terminal::start(project, 80, rows, "attach --tui");
    terminal.wait("all run", |screen| screen.contains("● 3 running"));
    terminal
}

#[test]
fn people_see_and_steer_their_processes() {
    let project = Project::new(SHOP);
    let terminal = Terminal::start(&project, 80, 24, "up");
    terminal.wait("all run", |screen| {
        screen.contains("● 3 running") && screen.contains("2 of 2 alive")
    });
    terminal.wait("their lines", |screen| {
        screen.contains("ready on port 3000") && screen.contains("ERROR no route tries=3")
    });

    terminal.keys(&["1"]);
    terminal.wait("one alone", |screen| {
        screen.contains("── web · following") && !screen.contains("no route")
    });
    terminal.keys(&["i", "hello there", "Enter"]);
    terminal.wait("an answer to what was typed", |screen| {
        screen.contains("heard hello there")
    });
    terminal.keys(&["Escape", "0"]);
    terminal.wait("all again", |screen| screen.contains("── all processes"));

    terminal.keys(&["f", "proc:api level:error", "Enter"]);
    terminal.wait("the filter", |screen| {
        screen.contains("no route") && !screen.contains("red alert")
    });
    terminal.keys(&["Escape"]);
    terminal.wait("no filter", |screen| screen.contains("red alert"));

    terminal.keys(&["3", "x"]);
    terminal.wait("a stopped process", |screen| {
        screen.contains("○ stopped") && screen.contains("● 2 running")
    });
    terminal.keys(&["u"]);
    terminal.wait("it runs again", |screen| screen.contains("● 3 running"));

    terminal.keys(&["?"]);
    terminal.wait("help", |screen| {
        screen.contains("Restart the process or the group")
    });
    terminal.keys(&["Escape", "q"]);
    terminal.wait("a question", |screen| {
        screen.contains("Stop 3 processes and quit?")
    });
    terminal.keys(&["y"]);
    terminal.wait("the end", |screen| screen.contains("ended with 0"));
    assert_eq!(terminal.ask("#{alternate_on} #{mouse_any_flag}"), "0 0");
}

#[test]
fn colours_of_a_process_reach_the_terminal() {
    let project = Project::new(SHOP);
    let terminal = Terminal::start(&project, 100, 30, "up");
    terminal.wait("the line", |screen| screen.contains("red alert"));
    assert!(
        terminal.coloured().contains("\u{1b}[38;5;1mred alert"),
        "{:?}",
        terminal.coloured()
    );
    let plain = Project::new(SHOP);
    let terminal = Terminal::start_with(&plain, 100, 30, "NO_COLOR=1", "up");
    terminal.wait("the line", |screen| screen.contains("red alert"));
    let screen = terminal.coloured();
    let coloured = screen
        .lines()
        .find(|line| line.contains("red alert"))
        .unwrap();
    assert!(
        !coloured.contains("38;5") && !coloured.contains("[31m"),
        "{coloured:?}"
    );
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_gets_the_log() {
    let project = Project::new(SHOP);
    let terminal = Terminal::start_with(&project, 80, 24, "TERM=dumb", "up");
    terminal.wait("the log", |screen| {
        screen.contains("| ready on port 3000") && !screen.contains("Processes")
    });
    assert_eq!(terminal.ask("#{alternate_on}"), "0");
    terminal.keys(&["C-c"]);
    terminal.wait("the end", |screen| screen.contains("ended with"));
}

#[test]
fn wide_characters_leave_nothing_behind() {
    let flag = "\u{1f1eb}\u{1f1f7}";
    let project = Project::new(&format!(
        "processes: {{web: 'echo \"{flag}{flag}{flag}\"; while read line; do echo; done'}}"
    ));
    let terminal = Terminal::start(&project, 80, 12, "up");
    terminal.wait("the flags", |screen| screen.contains(flag));
    terminal.keys(&["i"]);
    for _ in 0..12 {
        terminal.keys(&["Enter"]);
    }
    terminal.wait("empty lines", |screen| {
        !screen.contains('\u{1f1eb}') && screen.matches("web  │").count() == 5
    });
    let screen = terminal.screen();
    assert!(!screen.contains('\u{1f1f7}'), "{screen}");
    terminal.keys(&["Escape", "q", "y"]);
    terminal.wait("the end", |screen| screen.contains("ended with 0"));
}

#[test]
fn a_resized_terminal_is_filled_again() {
    let project = Project::new(SHOP);
    let terminal = Terminal::start(&project, 80, 24, "up");
    terminal.wait("all run", |screen| screen.contains("● 3 running"));
    terminal.resize(20, 5);
    terminal.wait("the list alone", |screen| {
        screen.contains("● r") && !screen.contains("ready")
    });
    terminal.resize(200, 60);
    terminal.wait("the logs beside the list", |screen| {
        screen
            .lines()
            .any(|line| line.contains("Name") && line.contains("── all processes"))
    });
}

#[test]
fn the_mouse_selects_and_lines_are_copied() {
    let project = Project::new(SHOP);
    let terminal = Terminal::start(&project, 80, 24, "up");
    terminal.wait("the lines", |screen| screen.contains("red alert"));
    let row = |screen: &str, text: &str| screen.lines().position(|line| line.contains(text));
    let at = row(&terminal.screen(), "red alert").unwrap();
    terminal.click(12, at);
    terminal.wait("a mark", |screen| screen.contains("1 marked"));
    terminal.keys(&["c"]);
    terminal.wait("the copy", |screen| screen.contains("Copied 1 line"));
    terminal.until("the clipboard", || terminal.clipboard() == "red alert");
    terminal.click(24, 0);
    terminal.wait("the requests", |screen| {
        screen.contains("The proxy is off: prox.yaml has no `services`")
    });
}

#[test]
fn lines_are_copied_by_a_terminal_that_is_not_known_as_tmux() {
    let project = Project::new(SHOP);
    project.prox(&["up", "-d"]);
    let terminal = Terminal::start_with(&project, 80, 24, "TMUX=", "attach --tui");
    terminal.share_clipboard();
    terminal.wait("its line", |screen| screen.contains("red alert"));
    terminal.keys(&["c"]);
    terminal.until("the clipboard", || {
        terminal.clipboard().contains("red alert")
    });
}

#[test]
fn a_flood_does_not_keep_keys_waiting() {
    let project =
        Project::new("processes:\n  flood: 'yes the quick brown fox jumps over the lazy dog'\n");
    let terminal = Terminal::start(&project, 80, 24, "up");
    terminal.wait("the flood", |screen| {
        screen.matches("quick brown").count() > 10
    });
    for _ in 0..5 {
        terminal.keys(&["?"]);
        terminal.wait("help", |screen| screen.contains("Restart the process"));
        terminal.keys(&["?"]);
        terminal.wait("no help", |screen| screen.contains("quick brown"));
    }
    terminal.keys(&["p"]);
    terminal.wait("a pause", |screen| {
        screen.contains("paused, ") && screen.contains("new below")
    });
    terminal.keys(&["C-c", "C-c"]);
    terminal.wait("the end", |screen| screen.contains("ended with 0"));
}

#[test]
fn leaving_an_attached_interface_stops_nothing() {
    let (project, terminal) = attached(24);
    terminal.wait("earlier lines", |screen| {
        screen.contains("ready on port 3000")
    });
    terminal.keys(&["q"]);
    terminal.wait("the end", |screen| screen.contains("ended with 0"));
    assert!(project.prox(&["status"]).contains("running"));

    let terminal = attach(&project, 24);
    project.prox(&["down"]);
    terminal.wait("the loss", |screen| {
        screen.contains("○ ended") && screen.contains("q quits")
    });
    terminal.keys(&["q"]);
    terminal.wait("the end", |screen| screen.contains("ended with 0"));
}

#[test]
fn a_signal_gives_the_terminal_back_and_ends_the_processes() {
    let project = Project::new(SHOP);
    let terminal = Terminal::start(&project, 80, 24, "up");
    terminal.wait("all run", |screen| screen.contains("● 3 running"));
    terminal.signal_prox("TERM");
    terminal.wait("the end", |screen| screen.contains("ended with"));
    assert_eq!(terminal.ask("#{alternate_on} #{mouse_any_flag}"), "0 0");
}

#[test]
fn a_supervisor_that_is_killed_leaves_a_usable_interface() {
    let (project, terminal) = attached(24);
    project.kill_supervisor();
    terminal.wait("the loss", |screen| screen.contains("✗ connection lost"));
    terminal.keys(&["Tab"]);
    terminal.wait("earlier lines", |screen| {
        screen.contains("ready on port 3000")
    });
    terminal.keys(&["q"]);
    terminal.wait("the end", |screen| screen.contains("ended with 0"));
}

#[test]
fn a_closed_terminal_ends_an_attached_interface_alone() {
    let project = Project::new(SHOP);
    project.prox(&["up", "-d"]);
    let terminal = Terminal::start_to_be_closed(&project, "attach --tui");
    terminal.wait("all run", |screen| screen.contains("● 3 running"));
    terminal.close();
    terminal.until("the end", || !project.read("code").is_empty());
    assert_eq!(project.read("code"), "0\n");
    assert!(project.prox(&["status"]).contains("running"));
}

#[test]
fn a_closed_terminal_ends_the_processes_in_order() {
    let project = Project::new(
        "processes:\n  web: trap 'echo bye > said; exit' TERM; while :; do sleep 0.05; done\n",
    );
    let terminal = Terminal::start_to_be_closed(&project, "up 2> errors");
    terminal.wait("it runs", |screen| screen.contains("● 1 running"));
    terminal.close();
    terminal.until("the end", || !project.read("code").is_empty());
    assert_eq!(project.read("code"), "0\n");
    assert_eq!(project.read("said"), "bye\n");
    let errors = project.read("errors");
    assert_eq!(
        errors,
        "prox: stopping web; Ctrl-C kills\nprox: web: stopped\n"
    );
}

#[test]
fn an_attached_interface_can_be_suspended_and_resumed() {
    let project = Project::new(SHOP);
    project.prox(&["up", "-d"]);
    let terminal = Terminal::start_shell(&project);
    terminal.type_prox("attach --tui");
    terminal.wait("all run", |screen| screen.contains("● 3 running"));
    terminal.keys(&["m", "C-z"]);
    terminal.wait("the shell", |screen| screen.contains("Stopped"));
    assert_eq!(terminal.ask("#{alternate_on} #{mouse_any_flag}"), "0 0");
    assert!(project.prox(&["status"]).contains("running"));
    terminal.resize(100, 30);
    terminal.keys(&["fg", "Enter"]);
    terminal.wait("everything drawn again", |screen| {
        screen.contains("● 3 running")
            && screen.contains("ready on port 3000")
            && screen.lines().any(|line| line.chars().count() > 90)
    });
    assert_eq!(terminal.ask("#{alternate_on} #{mouse_any_flag}"), "1 0");
    terminal.keys(&["q"]);
    terminal.wait("the shell", |screen| screen.contains("Stopped"));
}

#[test]
fn a_supervisor_is_not_suspended_with_its_interface() {
    let project = Project::new(SHOP);
    let terminal = Terminal::start_shell(&project);
    terminal.type_prox("up");
    terminal.wait("all run", |screen| screen.contains("● 3 running"));
    terminal.keys(&["C-z"]);
    terminal.wait("the reason", |screen| {
        screen.contains("would freeze the supervisor, too; `prox attach --tui` can be suspended")
    });
    terminal.keys(&["1", "i", "hello", "Enter"]);
    terminal.wait("an answer", |screen| screen.contains("heard hello"));
    terminal.keys(&["C-z"]);
    terminal.wait("the reason again", |screen| screen.contains("would freeze"));
}

#[test]
fn older_lines_are_read_from_the_log_files() {
    let project = Project::new("processes: {count: 'seq -f \"number %.0f\" 1 30000; sleep 1000'}");
    project.prox(&["up", "-d"]);
    let terminal = Terminal::start(&project, 80, 24, "attach --tui");
    terminal.wait("the newest", |screen| screen.contains("number 30000"));
    terminal.keys(&["Tab", "g"]);
    terminal.wait("the oldest", |screen| screen.contains("number 1\n"));
    terminal.keys(&["G", "/", "77", "Enter"]);
    terminal.wait("a line nearby", |screen| screen.contains("number 29977\n"));
    terminal.keys(&["/", "/r 77$/", "Enter"]);
    terminal.wait("a line far away", |screen| {
        screen.contains("number 76\n") && screen.contains("number 78\n")
    });
    terminal.keys(&["n"]);
    terminal.wait("the end of the search", |screen| {
        screen.contains("No older line has it, of all that are kept")
    });
    terminal.keys(&["g", "PgUp", "G"]);
    terminal.wait("the newest", |screen| {
        screen.contains("number 30000") && screen.contains("following")
    });
}

#[test]
fn the_next_supervisor_is_shown_when_one_has_ended() {
    let (project, terminal) = attached(40);
    let started = |screen: &str| screen.matches("web    │ ready on port 3000").count();
    for (killed, before) in [(false, 1), (true, 3)] {
        terminal.wait("its lines", |screen| started(screen) == before);
        if killed {
            // Lines that are not in the files yet are lost with it; reading the log writes them.
            project.prox(&["logs"]);
            project.kill_supervisor();
            terminal.wait("the loss", |screen| screen.contains("✗ connection lost"));
        } else {
            project.prox(&["down"]);
            terminal.wait("the end", |screen| {
                screen.contains("When it is started again, it is shown here")
            });
        }
        project.prox(&["up", "-d"]);
        terminal.wait("the next one, below what there was", |screen| {
            screen.contains("● 3 running") && started(screen) == before + 1
        });
        terminal.keys(&["r"]);
        terminal.wait("what was asked of it", |screen| {
            screen.contains("web: restarted")
        });
    }
}

#[test]
fn a_request_is_edited_and_sent_again() {
    let (service, proxy) = (server(), free_port());
    let project = Project::new(&format!(
        "processes: {{web: sleep 1000}}\nservices: {{api: {service}}}\nproxy: {{http_port: {proxy}}}\n"
    ));
    let editor = "VISUAL='sh ./edit'";
    let terminal = Terminal::start_with(&project, 80, 40, editor, "up");
    terminal.wait("it runs", |screen| screen.contains("● 1 running"));
    get(proxy);
    terminal.keys(&["Tab", "Tab"]);
    terminal.wait("the request", |screen| screen.contains("/hello"));

    project.write("edit", "sed -i 's/^x-debug: one/x-debug one/' \"$1\"");
    terminal.keys(&["Down", "e"]);
    terminal.wait("what is wrong", |screen| {
        screen.contains("Not sent: line 4: `x-debug one` is not a header")
    });
    // As an editor's Ctrl-Z does: the supervisor continues, and so does the editor.
    let again =
        "kill -TSTP 0; sed -i 's/^x-debug one/x-debug: two/; s#^GET /hello#GET /again#' \"$1\"";
    project.write("edit", again);
    terminal.keys(&["e"]);
    terminal.wait("both answers compared", |screen| {
        let has = |line: &str| screen.lines().any(|it| it.trim_end() == line);
        has("- GET /hello")
            && has("+ GET /again")
            && has("- x-debug: one")
            && has("+ x-debug: two")
            && has("-one")
            && has("+two")
    });
    terminal.wait("the detail below", |screen| {
        screen.contains("host: api.localhost")
    });

    project.write("edit", "exit 1");
    terminal.keys(&["e"]);
    terminal.wait("that it failed", |screen| {
        screen.contains("`sh ./edit` failed")
    });
    terminal.keys(&["q", "y"]);
    terminal.wait("the end", |screen| screen.contains("ended with 0"));
}
