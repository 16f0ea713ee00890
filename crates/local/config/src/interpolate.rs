//! Substitutes `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$` in texts. The caller
//! supplies the variables.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

/// The maximum size of all substituted text, in bytes, against files that grow exponentially.
const MAX_OUTPUT: usize = 4_000_000;

/// The maximum depth of nested defaults.
const MAX_DEPTH: usize = 8;

/// The variables that can be substituted.
pub(super) struct Variables<'a> {
    /// Layers of variables; the first that has a name takes precedence.
    layers: Vec<&'a BTreeMap<String, String>>,
    left: Cell<usize>,
}

/// The error of a substitution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The position in the given text, in bytes.
    pub(super) span: Range<usize>,
    /// The name of the variable, when it is not set.
    pub(super) unset: Option<String>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(layers: Vec<&'a BTreeMap<String, String>>) -> Self {
        Self {
            layers,
            left: Cell::new(MAX_OUTPUT),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.layers
            .iter()
            .flat_map(|layer| layer.keys().map(String::as_str))
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.layers
            .iter()
            .find_map(|layer| layer.get(name).map(String::as_str))
    }

    /// Substitutes the variables of a text, and `$$` by `$`. The values of variables are not
    /// substituted again.
    ///
    /// # Errors
    /// When a variable without a default is not set, or the syntax is invalid.
    pub(super) fn fill(&self, text: &str) -> Result<String, Failure> {
        self.fill_at(text, 0)
    }

    fn fill_at(&self, text: &str, depth: usize) -> Result<String, Failure> {
        let mut out = String::with_capacity(text.len());
        let mut rest = 0;
        while let Some(dollar) = find(text, rest, "$") {
            self.push(&mut out, text.get(rest..dollar), dollar..dollar + 1)?;
            let after = text.get(dollar + 1..).unwrap_or_default();
            if after.starts_with('$') {
                out.push('$');
                rest = dollar + 2;
            } else if after.starts_with('{') {
                let end = close(text, dollar + 2).ok_or_else(|| Failure {
                    message: "`${` has no `}`".to_owned(),
                    help: Some("write `$$` for a dollar sign".to_owned()),
                    span: dollar..text.len(),
                    unset: None,
                })?;
                let value = self.reference(text, dollar + 2..end, depth)?;
                self.push(&mut out, Some(&value), dollar..end + 1)?;
                rest = end + 1;
            } else {
                out.push('$');
                rest = dollar + 1;
            }
        }
        self.push(&mut out, text.get(rest..), rest..text.len())?;
        Ok(out)
    }

    fn push(
        &self,
        out: &mut String,
        part: Option<&str>,
        span: Range<usize>,
    ) -> Result<(), Failure> {
        let part = part.unwrap_or_default();
        match self.left.get().checked_sub(part.len()) {
            Some(left) => self.left.set(left),
            None => {
                return Err(Failure {
                    message: "with its variables filled in, the file is too large from here on"
                        .to_owned(),
                    help: None,
                    span,
                    unset: None,
                });
            }
        }
        out.push_str(part);
        Ok(())
    }

    /// Evaluates the text between the braces of a reference.
    fn reference(&self, text: &str, inner: Range<usize>, depth: usize) -> Result<String, Failure> {
        let body = text.get(inner.clone()).unwrap_or_default();
        let whole = inner.start - 2..inner.end + 1;
        let length = body
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(body.len());
        let (name, operation) = body.split_at_checked(length).unwrap_or((body, ""));
        if depth > MAX_DEPTH {
            return Err(Failure {
                message: "too many defaults lie in each other here".to_owned(),
                help: None,
                span: whole,
                unset: None,
            });
        }
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(Failure {
                message: "`${…}` takes the name of a variable".to_owned(),
                help: Some("write `$$` for a dollar sign".to_owned()),
                span: whole,
                unset: None,
            });
        }
        let set = self.value(name);
        // With the colon, an empty variable counts as not set, as in a shell.
        let (operation, set) = match operation.strip_prefix(':') {
            Some(operation) => (operation, set.filter(|value| !value.is_empty())),
            None => (operation, set),
        };
        if let Some(default) = operation.strip_prefix('-') {
            return match set {
                Some(value) => Ok(value.to_owned()),
                None => self.fill_at(default, depth + 1).map_err(|mut failure| {
                    failure.span = whole;
                    failure
                }),
            };
        }
        let message = match operation.strip_prefix('?') {
            Some("") | None if operation.is_empty() || operation == "?" => {
                format!("the variable `{name}` is not set")
            }
            Some(message) => format!("the variable `{name}` is not set: {message}"),
            None => {
                return Err(Failure {
                    message: format!("`${{{name}…}}` has an unknown form"),
                    help: Some(
                        "known are `${NAME}`, `${NAME:-default}` and `${NAME:?message}`".to_owned(),
                    ),
                    span: whole,
                    unset: None,
                });
            }
        };
        set.map(str::to_owned).ok_or(Failure {
            message,
            help: Some(format!(
                "set it, name a file that sets it in the top `env_file`, or give a default: `${{{name}:-…}}`"
            )),
            span: whole,
            unset: Some(name.to_owned()),
        })
    }
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

/// The index of the brace that closes the one before `from`.
fn close(text: &str, from: usize) -> Option<usize> {
    let mut open = 1_usize;
    let mut previous = None;
    for (at, c) in text.get(from..)?.char_indices() {
        match c {
            '{' if previous == Some('$') => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(from + at);
        }
        previous = Some(c);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fill(text: &str) -> Result<String, String> {
        let set = BTreeMap::from([
            ("NAME".to_owned(), "ada".to_owned()),
            ("EMPTY".to_owned(), String::new()),
            ("RAW".to_owned(), "${NAME}$$".to_owned()),
        ]);
        Variables::new(vec![&set])
            .fill(text)
            .map_err(|failure| failure.message)
    }

    #[test]
    fn variables_are_filled_in_once() {
        for (text, expected) in [
            ("", ""),
            ("${NAME}", "ada"),
            ("a${NAME}b${NAME}", "aadabada"),
            ("${RAW}", "${NAME}$$"),
            ("$$", "$"),
            ("$${NAME}", "${NAME}"),
            ("$NAME $ 5$", "$NAME $ 5$"),
            ("${NONE:-x}", "x"),
            ("${NONE:-}", ""),
            ("${NONE:-${NAME}}", "ada"),
            ("${NONE:-{a}}", "{a}"),
            ("${EMPTY:-x}", "x"),
            ("${EMPTY-x}", ""),
            ("${NAME:?must}", "ada"),
            ("ü${NAME}ü", "üadaü"),
        ] {
            assert_eq!(fill(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn variables_that_cannot_be_expanded_are_reported() {
        for (text, expected) in [
            ("${NONE}", "the variable `NONE` is not set"),
            (
                "${NONE:?say where}",
                "the variable `NONE` is not set: say where",
            ),
            ("${EMPTY:?}", "the variable `EMPTY` is not set"),
            ("${NAME", "`${` has no `}`"),
            ("${}", "`${…}` takes the name of a variable"),
            ("${1}", "`${…}` takes the name of a variable"),
            ("${NAME/a/b}", "`${NAME…}` has an unknown form"),
        ] {
            assert_eq!(fill(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_text_that_multiplies_itself_is_stopped() {
        let big = BTreeMap::from([("BIG".to_owned(), "x".repeat(100_000))]);
        let text = "${BIG}".repeat(1_000);
        let failure = Variables::new(vec![&big]).fill(&text).unwrap_err();
        assert!(failure.message.contains("too large"), "{failure:?}");
    }

    proptest! {
        #[test]
        fn any_text_is_substituted_or_rejected(text in r"[${}:?a-zA-Zü-]{0,40}") {
            match fill(&text) {
                Ok(_) => {}
                Err(message) => prop_assert!(!message.is_empty()),
            }
        }

        #[test]
        fn a_text_without_dollars_does_not_change(text in r"[^$]{0,40}") {
            prop_assert_eq!(fill(&text), Ok(text));
        }
    }
}
