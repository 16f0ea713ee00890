//! Email to people.

/// An email in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The content.
    pub text: String,
}

/// Sends email.
pub trait Mail: Send + Sync {
    /// Returns at once; a failure goes to the log.
    fn send(&self, email: Email);
}
