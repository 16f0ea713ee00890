//! The format of `.env` files: one `NAME=value` per line, with quotes, comments, escapes and
//! references to variables. Messages never show a value, because values are secrets.
//!
//! - `NAME=value`, also after `export `; blank lines and lines that begin with `#` do not count.
//! - Without quotes the value ends at the line's end or at a `#` after a space.
//! - In double quotes it may have several lines, and `\n`, `\r`, `\t`, `\"`, `\\` and `\$`.
//! - In single quotes it may have several lines, and everything stays as it is.
//! - `${OTHER}` is filled in but for single quotes: from lines above, then from outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::interpolate::Variables;
use super::problem::{self, Problem, Problems, quoted};
use super::source::Source;
use super::value;

/// The variables of a file. Each mistake goes to `problems`, and its line counts as not there.
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
    };
    while lines.at < source.text.len() {
        if let Err(problem) = lines.next() {
            problems.add(*problem);
            lines.skip_line();
        }
    }
    lines.set
}

/// What references may produce in one file, in bytes.
const MAX_OUTPUT: usize = 4_000_000;

struct Lines<'a> {
    source: &'a Arc<Source>,
    at: usize,
    set: BTreeMap<String, String>,
    outside: &'a BTreeMap<String, String>,
    filled: usize,
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

    /// One line, or several when a quoted value has them.
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
        let value = line.get(..comment).unwrap_or(line).trim().to_owned();
        let value = self.fill(&value, start)?;
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
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut end = None;
        let mut escaped = false;
        for (at, c) in self.rest().char_indices().skip(1) {
            if escaped {
                escaped = false;
                match c {
                    'n' => part.push('\n'),
                    'r' => part.push('\r'),
                    't' => part.push('\t'),
                    '"' | '\\' => part.push(c),
                    // Ends the part, so that what follows is not a reference.
                    '$' => {
                        parts.push(std::mem::take(&mut part));
                    }
                    _ => {
                        part.push('\\');
                        part.push(c);
                    }
                }
            } else if c == '\\' {
                escaped = true;
            } else if c == '"' {
                end = Some(at);
                break;
            } else {
                part.push(c);
            }
        }
        let Some(end) = end else {
            return Err(self.wrong(start, "this quote is never closed"));
        };
        parts.push(part);
        let parts = parts
            .iter()
            .map(|part| self.fill(part, start))
            .collect::<Step<Vec<_>>>()?;
        self.at += end + 1;
        self.after_quote()?;
        Ok(parts.join("$"))
    }

    /// Nothing but a comment may follow.
    fn after_quote(&mut self) -> Step {
        self.skip_blanks();
        if self.rest().is_empty() || self.rest().starts_with(['\n', '#']) {
            self.skip_line();
            return Ok(());
        }
        Err(self.wrong(self.at, "something follows the closing quote"))
    }

    /// With its references filled in. A lone `$` stays, and so does `$$`.
    fn fill(&mut self, text: &str, at: usize) -> Step<String> {
        if !text.contains("${") {
            return Ok(text.to_owned());
        }
        let kept = text.replace("$$", "$$$$");
        let filled = Variables::new(vec![&self.set, self.outside])
            .fill(&kept)
            .map_err(|failure| {
                Box::new(Problem {
                    help: failure.help.filter(|_| failure.unset.is_none()).or(Some(
                        "put the value into single quotes to keep its dollar signs".to_owned(),
                    )),
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;

    fn read(text: &str) -> (BTreeMap<String, String>, Vec<String>) {
        let source = Arc::new(Source::secret(Path::new("/p/.env"), text.to_owned()));
        let outside = BTreeMap::from([("HOME".to_owned(), "/home/ada".to_owned())]);
        let mut problems = Problems::default();
        let set = parse(&source, &outside, &mut problems);
        let told = match problems.or_errors(()) {
            Ok(()) => Vec::new(),
            Err(errors) => errors.problems.iter().map(ToString::to_string).collect(),
        };
        (set, told)
    }

    fn value(line: &str) -> String {
        let (set, told) = read(line);
        assert_eq!(told, Vec::<String>::new(), "{line}");
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
    fn each_mistake_names_its_line_and_shows_no_value() {
        let (set, told) = read(
            "GOOD=1\nno equals sign\nA B=secret\nC='secret' more\nD=${NONE}\n=secret\nLAST=\"secret",
        );
        assert_eq!(
            told,
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
        fn any_file_is_read_to_its_end(text in r#"([A-C]=["'${}\\\n #ü=a-c]{0,12}\n?){0,6}|\PC{0,60}"#) {
            let (_, told) = read(&text);
            let lines = text.lines().count().max(1);
            for problem in told {
                let line: usize = problem.split(':').nth(1).unwrap().parse().unwrap();
                prop_assert!(line <= lines, "{problem}");
            }
        }
    }
}
