//! Colours by meaning. No other module names a colour.

use ratatui::style::{Color, Modifier, Style};

use prox_events::{Health, Status};

/// A set of colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// For dark terminals.
    #[default]
    Dark,
    /// For light terminals.
    Light,
    /// Only the strongest contrasts, on either.
    Contrast,
    /// No colour: what `NO_COLOR` asks for.
    Mono,
}

/// What a theme says: the sixteen colours that every terminal adjusts, or fixed ones that keep
/// their distance from the background.
struct Palette {
    muted: Style,
    accent: Color,
    ok: Color,
    warn: Color,
    danger: Color,
    names: &'static [Color],
}

const DARK: Palette = Palette {
    muted: Style::new().fg(Color::Indexed(245)),
    accent: Color::Indexed(111),
    ok: Color::Indexed(114),
    warn: Color::Indexed(179),
    danger: Color::Indexed(210),
    names: &[
        Color::Indexed(80),
        Color::Indexed(176),
        Color::Indexed(111),
        Color::Indexed(150),
        Color::Indexed(216),
        Color::Indexed(183),
        Color::Indexed(186),
        Color::Indexed(116),
    ],
};

const LIGHT: Palette = Palette {
    muted: Style::new().fg(Color::Indexed(242)),
    accent: Color::Indexed(25),
    ok: Color::Indexed(28),
    warn: Color::Indexed(94),
    danger: Color::Indexed(124),
    names: &[
        Color::Indexed(24),
        Color::Indexed(90),
        Color::Indexed(22),
        Color::Indexed(130),
        Color::Indexed(54),
        Color::Indexed(30),
        Color::Indexed(58),
        Color::Indexed(25),
    ],
};

const CONTRAST: Palette = Palette {
    muted: Style::new(),
    accent: Color::Reset,
    ok: Color::Reset,
    warn: Color::Reset,
    danger: Color::Reset,
    names: &[Color::Reset],
};

impl Theme {
    /// The theme that the environment asks for: `NO_COLOR`, `PROX_THEME` (`dark`, `light`,
    /// `contrast`, `mono`), else what `COLORFGBG` says of the terminal's background.
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Self {
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Self::Mono;
        }
        match var("PROX_THEME").as_deref() {
            Some("dark") => return Self::Dark,
            Some("light") => return Self::Light,
            Some("contrast") => return Self::Contrast,
            Some("mono") => return Self::Mono,
            _ => {}
        }
        let background = var("COLORFGBG").and_then(|v| v.rsplit(';').next()?.parse::<u8>().ok());
        match background {
            Some(7 | 9..=15) => Self::Light,
            _ => Self::Dark,
        }
    }

    /// The one after it; from the last, the first.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::Contrast,
            Self::Contrast => Self::Mono,
            Self::Mono => Self::Dark,
        }
    }

    /// Its name, as in `PROX_THEME`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Contrast => "contrast",
            Self::Mono => "mono",
        }
    }

    fn palette(self) -> &'static Palette {
        match self {
            Self::Dark => &DARK,
            Self::Light => &LIGHT,
            Self::Contrast | Self::Mono => &CONTRAST,
        }
    }

    /// Secondary text.
    pub(crate) fn muted(self) -> Style {
        match self {
            Self::Mono => Style::new().add_modifier(Modifier::DIM),
            _ => self.palette().muted,
        }
    }

    /// Titles and what is active.
    pub(crate) fn accent(self) -> Style {
        Style::new()
            .fg(self.palette().accent)
            .add_modifier(Modifier::BOLD)
    }

    /// The head of a table.
    pub(crate) fn heading(self) -> Style {
        self.muted().add_modifier(Modifier::BOLD)
    }

    /// What the user has chosen.
    pub(crate) fn selected(self) -> Style {
        match self {
            Self::Dark => Style::new()
                .bg(Color::Indexed(237))
                .add_modifier(Modifier::BOLD),
            Self::Light => Style::new()
                .bg(Color::Indexed(254))
                .add_modifier(Modifier::BOLD),
            Self::Contrast | Self::Mono => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// What a search found.
    pub(crate) fn found(self) -> Style {
        match self {
            Self::Dark | Self::Light => Style::new().fg(Color::Black).bg(Color::Indexed(221)),
            Self::Contrast | Self::Mono => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    pub(crate) fn ok(self) -> Style {
        Style::new().fg(self.palette().ok)
    }

    pub(crate) fn warn(self) -> Style {
        let style = Style::new().fg(self.palette().warn);
        match self {
            Self::Dark | Self::Light => style,
            Self::Contrast | Self::Mono => style.add_modifier(Modifier::UNDERLINED),
        }
    }

    pub(crate) fn danger(self) -> Style {
        let style = Style::new().fg(self.palette().danger);
        match self {
            Self::Dark | Self::Light => style,
            Self::Contrast | Self::Mono => style.add_modifier(Modifier::BOLD),
        }
    }

    /// The colour of a process, by its place in the list: neighbours differ. What is not in it,
    /// such as prox itself, has none.
    pub(crate) fn process(self, place: Option<usize>) -> Style {
        let names = self.palette().names;
        match place {
            Some(place) => names
                .get(place % names.len().max(1))
                .map_or_else(Style::new, |color| Style::new().fg(*color)),
            None => self.muted(),
        }
    }

    pub(crate) fn status(self, status: Status) -> Style {
        match status {
            Status::Running | Status::Completed => self.ok(),
            Status::Starting | Status::Stopping | Status::Waiting => self.warn(),
            Status::Crashed | Status::Blocked => self.danger(),
            Status::Stopped => self.muted(),
        }
    }

    pub(crate) fn health(self, health: Health) -> Style {
        match health {
            Health::Healthy => self.ok(),
            Health::Unhealthy => self.danger(),
            Health::Unknown => self.muted(),
        }
    }

    /// Of an HTTP status; 0 while there is none.
    pub(crate) fn status_code(self, code: u16) -> Style {
        match code {
            0 => self.muted(),
            500.. => self.danger(),
            400..500 => self.warn(),
            300..400 => self.muted(),
            _ => self.ok(),
        }
    }

    /// Whether the colours of a process's own output are shown.
    pub(crate) fn keeps_output_colours(self) -> bool {
        matches!(self, Self::Dark | Self::Light)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Theme {
        let find = |name: &str| pairs.iter().find(|(key, _)| *key == name);
        Theme::from_env(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_chooses_it() {
        assert_eq!(from(&[]), Theme::Dark);
        assert_eq!(from(&[("COLORFGBG", "0;15")]), Theme::Light);
        assert_eq!(from(&[("COLORFGBG", "15;default;0")]), Theme::Dark);
        assert_eq!(
            from(&[("COLORFGBG", "0;15"), ("PROX_THEME", "contrast")]),
            Theme::Contrast
        );
        assert_eq!(
            from(&[("NO_COLOR", "1"), ("PROX_THEME", "light")]),
            Theme::Mono
        );
        assert_eq!(from(&[("NO_COLOR", "")]), Theme::Dark);
    }

    #[test]
    fn each_can_be_reached() {
        let mut theme = Theme::Dark;
        for _ in 0..4 {
            theme = theme.next();
        }
        assert_eq!(theme, Theme::Dark);
    }
}
