//! Mail.

/// A letter in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The content.
    pub text: String,
}

/// Takes letters to people.
pub trait Mail: Send + Sync {
    /// Returns at once; a failure goes to the log.
    fn send(&self, letter: Letter);
}
