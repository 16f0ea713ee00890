//! The port to the mailer.

/// An email in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// The email address of the recipient, one only.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The body.
    pub text: String,
}

/// Sends email.
pub trait Mail: Send + Sync {
    /// Sends an email after this call returns; a failure is logged.
    fn send(&self, email: Email);
}
