//! Checks regular expressions without compiling them: compiling takes a hundred times as long, and
//! is left to the code that runs the expression. An expression that passes this check always compiles.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Maximum length of an expression, in bytes.
const MAX_TEXT: usize = 4_000;
/// Maximum size of an expression, in steps of the compiled program; far below the limit of the
/// compiler.
const MAX_STEPS: usize = 50_000;
/// Maximum size of all expressions of a file, in steps.
const MAX_STEPS_OF_ALL: usize = 2_000_000;
const SMALLER: &str = "`\\w`, `\\d` and `\\pL` know all scripts, and count as often as they are \
                       repeated; `[a-z]` and `[0-9]` are small";

/// The remaining steps for the expressions of one file.
pub(super) struct Patterns {
    /// The remaining steps. None after the limit was reported.
    left: Option<usize>,
}

/// The reason why an expression is rejected.
pub(super) struct Refusal {
    /// The expected kind of value.
    pub(super) wanted: &'static str,
    pub(super) why: String,
}

impl Patterns {
    pub(super) fn new() -> Self {
        Self {
            left: Some(MAX_STEPS_OF_ALL),
        }
    }

    /// Checks an expression, and subtracts its size from the remaining steps.
    pub(super) fn add(&mut self, text: &str) -> Result<(), Refusal> {
        let refuse = |wanted, why| Err(Refusal { wanted, why });
        let Some(left) = self.left else {
            return Ok(());
        };
        if text.len() > MAX_TEXT {
            let why = format!("it has {} bytes, but may have {MAX_TEXT}", text.len());
            return refuse("a shorter regular expression", why);
        }
        let steps = match regex_syntax::parse(text) {
            Ok(read) => steps(&read),
            Err(error) => {
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default().to_owned();
                return refuse("a regular expression", why);
            }
        };
        self.left = left.checked_sub(steps);
        if steps > MAX_STEPS {
            return refuse("a smaller regular expression", SMALLER.to_owned());
        }
        if self.left.is_none() {
            let why = format!("those of the file are too large together. {SMALLER}");
            return refuse("a smaller regular expression", why);
        }
        Ok(())
    }
}

/// The approximate size of an expression when it is compiled.
fn steps(read: &Hir) -> usize {
    match read.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(of) => {
            let times = of.max.unwrap_or(of.min).max(1);
            steps(&of.sub).saturating_mul(times as usize)
        }
        HirKind::Capture(of) => steps(&of.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(steps).fold(1, usize::saturating_add)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec![
            "a",
            "é",
            "",
            ".",
            r"\w",
            r"\d",
            r"\pL",
            r"[^\pL]",
            r"(?i:ß\pL)",
            "^",
            r"\b",
            "(?-u:\\w)",
        ]);
        leaf.prop_map(str::to_owned)
            .prop_recursive(6, 64, 8, |part| {
                prop_oneof![
                    prop::collection::vec(part.clone(), 1..8).prop_map(|parts| parts.concat()),
                    prop::collection::vec(part.clone(), 1..8)
                        .prop_map(|parts| format!("(?:{})", parts.join("|"))),
                    (part.clone(), 0..100_u32).prop_map(|(of, n)| format!("(?:{of}){{{n}}}")),
                    (part.clone(), 0..100_u32).prop_map(|(of, n)| format!("({of}){{1,{}}}", n + 1)),
                    part.prop_map(|of| format!("({of})*")),
                ]
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn an_accepted_pattern_compiles(text in pattern()) {
            if Patterns::new().add(&text).is_ok() {
                prop_assert!(regex::bytes::Regex::new(&text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn the_largest_accepted_pattern_compiles() {
        for (of, times) in [
            ("a", 50_000),
            (r"\w", 60),
            (r"\pL", 70),
            ("(é|.)", 5_000),
            ("()", 16_000),
            ("^", 50_000),
            ("(?:a|b|^)?", 12_000),
        ] {
            let text = format!("(?:{of}){{{times}}}");
            assert!(Patterns::new().add(&text).is_ok(), "{text}");
            assert!(regex::bytes::Regex::new(&text).is_ok(), "{text}");
        }
    }
}
