//! Themes: colours by meaning. No other module uses a colour.

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
    /// High contrast, for dark and light terminals.
    Contrast,
    /// No colours, as with `NO_COLOR`.
    Mono,
}

/// The colours of a theme: of the sixteen that every terminal adjusts, or fixed ones with enough
/// contrast to the background.
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
    /// The theme from environment variables: `NO_COLOR`, `PROX_THEME` (`dark`, `light`, `contrast`,
    /// `mono`), else by the background in `COLORFGBG`.
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

    /// The next theme; after the last, the first.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::Contrast,
            Self::Contrast => Self::Mono,
            Self::Mono => Self::Dark,
        }
    }

    /// The name in `PROX_THEME`.
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

    /// The style of secondary text.
    pub(crate) fn muted(self) -> Style {
        match self {
            Self::Mono => Style::new().add_modifier(Modifier::DIM),
            _ => self.palette().muted,
        }
    }

    /// The style of titles and active elements.
    pub(crate) fn accent(self) -> Style {
        Style::new()
            .fg(self.palette().accent)
            .add_modifier(Modifier::BOLD)
    }

    /// The style of column names.
    pub(crate) fn heading(self) -> Style {
        self.muted().add_modifier(Modifier::BOLD)
    }

    /// The style of the selection.
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

    /// The style of search matches.
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

    /// The colour of a process by its index in the list, so that neighbours differ. Other names,
    /// such as `prox` itself, have none.
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

    /// The style of an HTTP status; 0 while there is none.
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
    fn the_environment_selects_the_theme() {
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
    fn every_theme_can_be_reached() {
        let mut theme = Theme::Dark;
        for _ in 0..4 {
            theme = theme.next();
        }
        assert_eq!(theme, Theme::Dark);
    }
}
