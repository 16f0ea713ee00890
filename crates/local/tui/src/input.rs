//! A text input of one line.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// A line of text with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Input {
    before: String,
    after: String,
}

impl Input {
    /// An input with a text, and the cursor at its end.
    pub(crate) fn new(text: &str) -> Self {
        Self {
            before: text.to_owned(),
            after: String::new(),
        }
    }

    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The part of the text that is shown in `width` columns, and the column of the cursor.
    pub(crate) fn window(&self, width: usize) -> (String, usize) {
        let viewport = width.saturating_sub(1);
        let mut left: Vec<&str> = Vec::new();
        let mut used = 0;
        for grapheme in self.before.graphemes(true).rev() {
            if used + grapheme.width() > viewport {
                break;
            }
            used += grapheme.width();
            left.push(grapheme);
        }
        let shown: String = left
            .into_iter()
            .rev()
            .chain([self.after.as_str()])
            .collect();
        (shown, used)
    }

    /// Inserts text at the cursor, without line ends and control characters.
    pub(crate) fn insert(&mut self, text: &str) {
        self.before.extend(text.chars().filter(|c| !c.is_control()));
    }

    /// Handles a key. Returns whether it is an editing key.
    pub(crate) fn edit(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if control => self.before.clear(),
            KeyCode::Char('k') if control => self.after.clear(),
            KeyCode::Char('w') if control => self.delete_word(),
            KeyCode::Char('a') if control => self.home(),
            KeyCode::Char('e') if control => self.end(),
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.before.push(c);
            }
            KeyCode::Backspace => {
                self.before.truncate(last_start(&self.before));
            }
            KeyCode::Delete => {
                self.after.drain(..first_end(&self.after));
            }
            KeyCode::Left => {
                let moved = self.before.split_off(last_start(&self.before));
                self.after.insert_str(0, &moved);
            }
            KeyCode::Right => {
                let moved: String = self.after.drain(..first_end(&self.after)).collect();
                self.before.push_str(&moved);
            }
            KeyCode::Home => self.home(),
            KeyCode::End => self.end(),
            _ => return false,
        }
        true
    }

    fn home(&mut self) {
        self.after.insert_str(0, &std::mem::take(&mut self.before));
    }

    fn end(&mut self) {
        self.before.push_str(&std::mem::take(&mut self.after));
    }

    fn delete_word(&mut self) {
        let kept = self.before.trim_end();
        let space = kept.char_indices().rfind(|(_, c)| c.is_whitespace());
        let start = space.map_or(0, |(at, c)| at + c.len_utf8());
        self.before.truncate(start);
    }
}

fn last_start(text: &str) -> usize {
    text.grapheme_indices(true)
        .next_back()
        .map_or(0, |(at, _)| at)
}

fn first_end(text: &str) -> usize {
    text.graphemes(true).next().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[KeyCode]) -> Input {
        let mut input = Input::default();
        for key in keys {
            input.edit(KeyEvent::new(*key, KeyModifiers::NONE));
        }
        input
    }

    #[test]
    fn keys_edit_at_the_cursor() {
        use KeyCode::{Backspace, Char, Delete, End, Home, Left, Right};
        let input = typed(&[
            Char('a'),
            Char('c'),
            Left,
            Char('b'),
            Home,
            Delete,
            Right,
            End,
            Char('d'),
        ]);
        assert_eq!(input.text(), "bcd");
        assert_eq!(typed(&[Char('a'), Backspace, Backspace]).text(), "");
    }

    #[test]
    fn backspace_deletes_a_whole_grapheme() {
        let mut input = Input::new("a👩‍👩‍👧e\u{301}");
        input.edit(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE));
        assert_eq!(input.text(), "a👩‍👩‍👧");
        input.edit(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE));
        assert_eq!(input.text(), "a");
    }

    #[test]
    fn a_word_is_deleted_also_after_wide_spaces() {
        let mut input = Input::new("level:error\u{3000}ü");
        input.edit(KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        input.edit(KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        assert_eq!(input.text(), "");
    }

    #[test]
    fn a_long_line_scrolls_to_the_cursor() {
        let input = Input::new("0123456789");
        assert_eq!(input.window(5), ("6789".to_owned(), 4));
        assert_eq!(Input::new("日本語").window(5), ("本語".to_owned(), 4));
    }

    #[test]
    fn line_ends_of_pasted_text_are_dropped() {
        let mut input = Input::default();
        input.insert("a\nb\x1b[2J");
        assert_eq!(input.text(), "ab[2J");
    }
}
