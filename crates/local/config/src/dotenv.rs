//! The format of `.env` files: one `NAME=value` per line, with quotes, comments, escapes and
//! references to variables. Messages never show a value, because values are secrets.
//!
//! - `NAME=value`, also after `export `; blank lines and lines that begin with `#` are ignored.
//! - Without quotes the value ends at the line's end or at a `#` after a space.
//! - In double quotes it may have several lines, and `\n`, `\r`, `\t`, `\"`, `\\` and `\$`.
//! - In single quotes it may have several lines, and all characters are literal.
//! - Outside of single quotes, `${OTHER}` is substituted, from lines above, then from the
//!   environment;
//!   `\$` is a dollar sign.
//! - `$OTHER` without braces is literal: passwords and hashes contain dollar signs. When a variable
//!   of
//!   that name is set, there is a warning.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::interpolate::Variables;
use super::problem::{self, Problem, Problems, quoted};
use super::source::Source;
use super::value;

/// Parses the variables of a file. Each mistake is added to `problems`, and its line is ignored.
pub(super) fn parse(
    source: &Arc<Source>,
    outside: &BTreeMap<String, String>,
    problems: &mut Problems,
) -> BTreeMap<String, String> {
    let mut lines = Lines {
        source,
        at: 0,
        set: BTreeMap::new(),
        outside,
        filled: 0,
        problems,
    };
    while lines.at < source.text.len() {
        if let Err(problem) = lines.next() {
            lines.problems.add(*problem);
            lines.skip_line();
        }
    }
    lines.set
}

/// The maximum size of substituted text in one file, in bytes.
const MAX_OUTPUT: usize = 4_000_000;

/// The advice for a literal dollar sign.
const KEEP_DOLLAR: &str = "for a dollar sign, write `\\$`, or put the value into single quotes";

struct Lines<'a> {
    source: &'a Arc<Source>,
    at: usize,
    set: BTreeMap<String, String>,
    outside: &'a BTreeMap<String, String>,
    filled: usize,
    problems: &'a mut Problems,
}

type Step<T = ()> = Result<T, Box<Problem>>;

impl Lines<'_> {
    fn rest(&self) -> &str {
        self.source.text.get(self.at..).unwrap_or_default()
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').map_or(self.rest().len(), |n| n + 1);
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn wrong(&self, at: usize, message: impl Into<String>) -> Box<Problem> {
        Box::new(problem::at(self.source, at..at, message))
    }

    /// Parses one line, or several for a quoted value of several lines.
    fn next(&mut self) -> Step {
        self.skip_blanks();
        if self.rest().is_empty() || self.rest().starts_with(['\n', '#']) {
            self.skip_line();
            return Ok(());
        }
        if let Some(after) = self.rest().strip_prefix("export")
            && after.starts_with([' ', '\t'])
        {
            self.at += "export".len();
            self.skip_blanks();
        }
        let start = self.at;
        let line = self.rest().split('\n').next().unwrap_or_default();
        let Some((name, _)) = line.split_once('=') else {
            return Err(Box::new(
                problem::at(self.source, start..start, "there is no `=` in this line")
                    .with_help("write `NAME=value`, or begin a comment with `#`"),
            ));
        };
        let length = name.len();
        let name = name.trim().to_owned();
        if !value::fits(value::VARIABLE, &name) || name.contains('\0') {
            return Err(self.wrong(
                start,
                format!("{} cannot be the name of a variable", quoted(&name)),
            ));
        }
        self.at += length + 1;
        self.skip_blanks();
        let value = match self.rest().chars().next() {
            Some('\'') => self.single_quoted()?,
            Some('"') => self.double_quoted()?,
            _ => self.unquoted()?,
        };
        if value.contains('\0') {
            return Err(self.wrong(start, "the value has a NUL character"));
        }
        let here = problem::at(self.source, start..start, "");
        warn_of_dropped(here, &name, self.problems);
        self.set.insert(name, value);
        Ok(())
    }

    fn unquoted(&mut self) -> Step<String> {
        let start = self.at;
        let line = self.rest().split('\n').next().unwrap_or_default();
        let comment = line
            .char_indices()
            .find(|(at, c)| {
                *c == '#'
                    && line
                        .get(..*at)
                        .is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']))
            })
            .map_or(line.len(), |(at, _)| at);
        let value = line.get(..comment).unwrap_or(line).trim();
        let mut template = Template::default();
        let mut rest = value.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\\' if rest.next_if_eq(&'$').is_some() => template.push_dollar(),
                c => template.push(c),
            }
        }
        let value = self.fill(&template, start)?;
        self.skip_line();
        Ok(value)
    }

    fn single_quoted(&mut self) -> Step<String> {
        let start = self.at;
        let body = self.rest().get(1..).unwrap_or_default();
        let Some(end) = body.find('\'') else {
            return Err(self.wrong(start, "this quote is never closed"));
        };
        let value = body.get(..end).unwrap_or_default().to_owned();
        self.at += end + 2;
        self.after_quote()?;
        Ok(value)
    }

    fn double_quoted(&mut self) -> Step<String> {
        let start = self.at;
        let mut template = Template::default();
        let mut end = None;
        let mut escaped = false;
        for (at, c) in self.rest().char_indices().skip(1) {
            if escaped {
                escaped = false;
                match c {
                    'n' => template.push('\n'),
                    'r' => template.push('\r'),
                    't' => template.push('\t'),
                    '"' | '\\' => template.push(c),
                    '$' => template.push_dollar(),
                    _ => {
                        template.push('\\');
                        template.push(c);
                    }
                }
            } else if c == '\\' {
                escaped = true;
            } else if c == '"' {
                end = Some(at);
                break;
            } else {
                template.push(c);
            }
        }
        let Some(end) = end else {
            return Err(self.wrong(start, "this quote is never closed"));
        };
        let value = self.fill(&template, start)?;
        self.at += end + 1;
        self.after_quote()?;
        Ok(value)
    }

    /// Checks that only a comment follows a quoted value.
    fn after_quote(&mut self) -> Step {
        self.skip_blanks();
        if self.rest().is_empty() || self.rest().starts_with(['\n', '#']) {
            self.skip_line();
            return Ok(());
        }
        Err(self.wrong(self.at, "something follows the closing quote"))
    }

    /// Substitutes references. `$` alone and `$$` are literal.
    fn fill(&mut self, template: &Template, at: usize) -> Step<String> {
        if !template.text.contains('$') {
            return Ok(template.text.clone());
        }
        self.warn_of_bare_names(template, at);
        let filled = Variables::new(vec![&self.set, self.outside])
            .fill(&template.text)
            .map_err(|failure| {
                let help = match failure.help {
                    Some(forms) if failure.unset.is_none() && forms.starts_with("known") => {
                        format!("{forms}; {KEEP_DOLLAR}")
                    }
                    _ => KEEP_DOLLAR.to_owned(),
                };
                Box::new(Problem {
                    help: Some(help),
                    ..problem::at(self.source, at..at, failure.message)
                })
            })?;
        self.filled += filled.len();
        if self.filled > MAX_OUTPUT {
            return Err(self.wrong(
                at,
                "with its variables filled in, the file is too large from here on",
            ));
        }
        Ok(filled)
    }

    /// Warns about each `$NAME` whose variable is set: it was probably meant as a reference.
    fn warn_of_bare_names(&mut self, template: &Template, at: usize) {
        for name in template.bare_names() {
            if self.set.contains_key(name) || self.outside.contains_key(name) {
                let message = format!("`${name}` stays as it is here");
                let help = format!(
                    "env files fill in `${{{name}}}` alone; write `\\${name}` when it is meant to stay"
                );
                let found = problem::at(self.source, at..at, message).with_help(help);
                self.problems.warn(found);
            }
        }
    }
}

/// A value before substitution, in the syntax of [`Variables::fill`]: a literal dollar sign is
/// doubled where it could begin a reference.
#[derive(Default)]
struct Template {
    text: String,
    /// Whether the text ends with a `$` that could begin a reference with the next character.
    open: bool,
}

impl Template {
    fn push(&mut self, c: char) {
        if c == '$' && self.open {
            // `$$` is literal.
            self.text.push_str("$$$");
            self.open = false;
        } else {
            self.text.push(c);
            self.open = c == '$';
        }
    }

    /// Appends a literal dollar sign.
    fn push_dollar(&mut self) {
        self.text.push_str(if self.open { "$$$" } else { "$$" });
        self.open = false;
    }

    /// The names after a single dollar sign without braces.
    fn bare_names(&self) -> impl Iterator<Item = &str> {
        let mut rest = self.text.as_str();
        std::iter::from_fn(move || {
            loop {
                let (_, after) = rest.split_once('$')?;
                if let Some(after) = after.strip_prefix('$') {
                    rest = after;
                    continue;
                }
                let end = after
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(after.len());
                let (name, after) = after.split_at_checked(end)?;
                rest = after;
                if !name.is_empty() {
                    return Some(name);
                }
            }
        })
    }
}

/// Warns about a variable that `sh` does not pass on: dash, the `sh` of Debian and Ubuntu, drops
/// variables whose names it cannot use itself.
pub(super) fn warn_of_dropped(place: Problem, name: &str, problems: &mut Problems) {
    if value::fits(value::SHELL_VARIABLE, name) {
        return;
    }
    let shown = quoted(name);
    let found = Problem {
        message: format!("the shell may not give {shown} to the command"),
        ..place
    };
    problems.warn(found.with_help(format!(
        "not every `sh` passes on names with other signs than letters, digits and `_`; begin the command with `env '{}=…'`",
        shown.trim_matches('"')
    )));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;

    fn read_all(text: &str) -> (BTreeMap<String, String>, Problems) {
        let source = Arc::new(Source::secret(Path::new("/p/.env"), text.to_owned()));
        let outside = BTreeMap::from([
            ("HOME".to_owned(), "/home/ada".to_owned()),
            ("OUTER".to_owned(), "outer".to_owned()),
        ]);
        let mut problems = Problems::default();
        let set = parse(&source, &outside, &mut problems);
        (set, problems)
    }

    fn read(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
        let (set, problems) = read_all(text);
        let reported = match problems.or_errors(()) {
            Ok(()) => Vec::new(),
            Err(errors) => errors.problems.iter().map(ToString::to_string).collect(),
        };
        (set, reported)
    }

    fn warnings(text: &str) -> Vec<String> {
        let (_, mut problems) = read_all(text);
        let warnings = problems.take_warnings().into_iter();
        warnings
            .map(|warning| {
                format!(
                    "{warning} | {}",
                    warning.help.as_deref().unwrap_or_default()
                )
            })
            .collect()
    }

    fn value(line: &str) -> String {
        let (set, reported) = read(line);
        assert_eq!(reported, Vec::<String>::new(), "{line}");
        set["A"].clone()
    }

    #[test]
    fn values_are_read_as_in_other_tools() {
        for (line, expected) in [
            ("A=1", "1"),
            ("export A=1", "1"),
            ("  A = 1  ", "1"),
            ("A=", ""),
            ("A=a b # comment", "a b"),
            ("A=a#b", "a#b"),
            ("A=#", ""),
            ("A='a # ${HOME} \\n'", "a # ${HOME} \\n"),
            (r#"A="a\nb\t\"c\"\\""#, "a\nb\t\"c\"\\"),
            (r#"A="\${HOME}""#, "${HOME}"),
            (r#"A="${HOME}/x" # y"#, "/home/ada/x"),
            ("A=${HOME}/x", "/home/ada/x"),
            ("A=${NONE:-x}", "x"),
            ("A=p$$w$1", "p$$w$1"),
            ("A=it's", "it's"),
            ("A=x=y", "x=y"),
            ("A=\"one\ntwo\"\nB=1", "one\ntwo"),
            ("A='one\ntwo'", "one\ntwo"),
            ("A=1\r\nB=2\r\n", "1"),
            ("B='x' \r\n\r\nA=\"one\r\ntwo\"\r\n", "one\ntwo"),
            ("B=x\rA='one\rtwo'\r", "one\ntwo"),
            ("\u{feff}A=1", "1"),
            ("A=1\nA=2", "2"),
            ("B=x\nA=${B}y", "xy"),
            ("A=ü", "ü"),
        ] {
            assert_eq!(value(line), expected, "{line:?}");
        }
    }

    #[test]
    fn values_that_other_parsers_agree_on() {
        for (text, expected) in [
            ("A=1\nA=2", "2"),
            ("A= \nB=1", ""),
            ("B= \nA=1", "1"),
            ("A=val\t# c", "val"),
            ("A=https://x/p#f", "https://x/p#f"),
            ("A=v#c", "v#c"),
            ("A=\"v\"#c", "v"),
            ("E=\nA=${E:-d}", "d"),
            ("E=\nA=${E-d}", ""),
            ("A=${N:-${OUTER}}", "outer"),
            ("A=${N:-{\"k\":1}}", "{\"k\":1}"),
            ("A=$2b$10$abc", "$2b$10$abc"),
            ("A=p@$$w0rd", "p@$$w0rd"),
            ("A='${OUTER}'", "${OUTER}"),
            ("B='${OUTER}'\nA=${B}", "${OUTER}"),
            ("A=\"one\r\ntwo\"", "one\ntwo"),
            ("A='one\r\ntwo'", "one\ntwo"),
        ] {
            assert_eq!(value(text), expected, "{text:?}");
        }
    }

    #[test]
    fn an_escaped_dollar_does_not_begin_a_reference() {
        for (text, expected) in [
            (r"A=pa\$word", "pa$word"),
            (r"A=\${OUTER}", "${OUTER}"),
            (r"A=x\$", "x$"),
            (r"A=\$\$", "$$"),
            (r"A=$\${OUTER}", "$${OUTER}"),
            (r"A=\$${OUTER}", "$outer"),
            (r"A=${N:-pa\$word}", "pa$word"),
            (r"A=${N:-\${OUTER}}", "${OUTER}"),
            (r"A=C:\dir\n", r"C:\dir\n"),
            (r#"A="pa\$word""#, "pa$word"),
            (r#"A="\${OUTER}""#, "${OUTER}"),
            (r#"A="$\${OUTER}""#, "$${OUTER}"),
            (r#"A="\$${OUTER}""#, "$outer"),
            (r#"A="${N:-pa\$word}""#, "pa$word"),
            (r#"A="\\$x""#, r"\$x"),
            (r"A='pa\$word'", r"pa\$word"),
        ] {
            assert_eq!(value(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_advice_for_a_dollar_sign_works() {
        for wrong in [
            "A=x${}y",
            "A=x${y",
            "A=x${NONE}y",
            "A=x${N!}y",
            "A=\"x${}y\"",
        ] {
            let (_, problems) = read_all(wrong);
            let errors = problems.or_errors(()).unwrap_err();
            let help = errors.problems[0].help.as_deref().unwrap();
            assert!(
                help.contains("`\\$`") && help.contains("single quotes") && !help.contains("$$"),
                "{wrong}: {help}"
            );
            let body = wrong.trim_start_matches("A=").trim_matches('"');
            let escaped = body.replace('$', "\\$");
            for followed in [
                format!("A='{body}'"),
                format!("A={escaped}"),
                format!("A=\"{escaped}\""),
            ] {
                assert_eq!(value(&followed), body, "{followed}");
            }
        }
    }

    #[test]
    fn a_set_name_without_braces_causes_a_warning() {
        for text in [
            "A=/x:$OUTER",
            "B=1\nA=\"$B/x\"",
            "A=$OUTER",
            "A=${N:-$OUTER}",
        ] {
            let reported = warnings(text);
            assert_eq!(reported.len(), 1, "{text}: {reported:?}");
            assert!(reported[0].contains("stays as it is here"), "{reported:?}");
        }
        assert_eq!(
            warnings("X=1\nA=/x:$OUTER"),
            [
                "/p/.env:2:3: `$OUTER` stays as it is here | env files fill in `${OUTER}` alone; \
                 write `\\$OUTER` when it is meant to stay"
            ]
        );
        for text in [
            "A='$OUTER'",
            "A=$2b$10$abc",
            "A=p@$$OUTER",
            "A=$UNSET",
            "A=\\$OUTER",
            "A=${OUTER}",
            "A=${N:-x}$",
        ] {
            assert_eq!(warnings(text), Vec::<String>::new(), "{text}");
        }
        // The advised form works.
        assert_eq!(value("A=/x:${OUTER}"), "/x:outer");
        assert_eq!(value("A=/x:\\$OUTER"), "/x:$OUTER");
    }

    #[test]
    fn each_mistake_names_its_line_and_shows_no_value() {
        let (set, reported) = read(
            "GOOD=1\nno equals sign\nA B=secret\nC='secret' more\nD=${NONE}\n=secret\nLAST=\"secret",
        );
        assert_eq!(
            reported,
            [
                "/p/.env:2:1: there is no `=` in this line",
                "/p/.env:3:1: \"A B\" cannot be the name of a variable",
                "/p/.env:4:12: something follows the closing quote",
                "/p/.env:5:3: the variable `NONE` is not set",
                "/p/.env:6:1: \"\" cannot be the name of a variable",
                "/p/.env:7:6: this quote is never closed",
            ]
        );
        assert_eq!(set.keys().collect::<Vec<_>>(), ["GOOD"]);
    }

    proptest! {
        #[test]
        fn any_file_is_parsed_to_its_end(text in r#"([A-C]=["'${}\\\n #ü=a-c]{0,12}\n?){0,6}|\PC{0,60}"#) {
            let (_, reported) = read(&text);
            let lines = text.lines().count().max(1);
            for problem in reported {
                let line: usize = problem.split(':').nth(1).unwrap().parse().unwrap();
                prop_assert!(line <= lines, "{problem}");
            }
        }
    }
}
