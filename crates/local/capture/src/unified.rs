//! Unified diff of two texts.

use std::fmt::Write as _;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput, Token};

/// The number of context lines around a change.
const CONTEXT: u32 = 3;

/// The mark of a last line without a line end, when only one text has it.
const NO_END: &str = "\\ No newline at end of file\n";

/// The hunks of a unified diff. Empty when the texts are equal.
pub fn unified(before: &str, after: &str) -> String {
    let lines = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &lines);
    diff.postprocess_lines(&lines);
    let changes: Vec<Hunk> = diff.hunks().collect();
    let mut text = String::new();
    // When neither text ends in a line end, as with most bodies, there is no difference.
    let mark_end = before.ends_with('\n') != after.ends_with('\n');
    for near in changes.chunk_by(|one, next| next.before.start - one.before.end <= 2 * CONTEXT) {
        write(&mut text, near, &lines, mark_end);
    }
    text
}

/// Writes changes whose context lines overlap as one hunk.
fn write(text: &mut String, changes: &[Hunk], lines: &InternedInput<&str>, mark_end: bool) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
        return;
    };
    let ahead = first.before.start.min(CONTEXT);
    let end = lines.before.len().min((last.before.end + CONTEXT) as usize);
    let behind = u32::try_from(end).unwrap_or(u32::MAX) - last.before.end;
    let range = |start: u32, end: u32| {
        let (start, end) = (start - ahead, end + behind);
        // An empty range has the number of the line before it.
        (start + u32::from(end > start), end - start)
    };
    let (old, old_lines) = range(first.before.start, last.before.end);
    let (new, new_lines) = range(first.after.start, last.after.end);
    // Writing to a string does not fail.
    let _ = writeln!(text, "@@ -{old},{old_lines} +{new},{new_lines} @@");
    let mut push = |sign: char, from: &[Token], start: u32, end: u32| {
        for &token in from.get(start as usize..end as usize).unwrap_or_default() {
            let line = lines.interner[token];
            text.push(sign);
            text.push_str(line.strip_suffix('\n').unwrap_or(line));
            text.push('\n');
            if mark_end && !line.ends_with('\n') {
                text.push_str(NO_END);
            }
        }
    };
    let mut at = first.before.start - ahead;
    for change in changes {
        push(' ', &lines.before, at, change.before.start);
        push('-', &lines.before, change.before.start, change.before.end);
        push('+', &lines.after, change.after.start, change.after.end);
        at = change.before.end;
    }
    push(' ', &lines.before, at, at + behind);
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn equal_texts_have_no_hunk() {
        assert_eq!(unified("a\nb\n", "a\nb\n"), "");
        assert_eq!(unified("", ""), "");
    }

    #[test]
    fn a_change_has_three_lines_of_context() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        assert_eq!(
            unified(before, after),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn changes_that_are_near_share_a_hunk_and_others_do_not() {
        let before: String = (1..=40).map(|line| format!("{line}\n")).collect();
        let after = before
            .replace("\n4\n", "\nfour\n")
            .replace("\n11\n", "\n")
            .replace("\n30\n", "\n30\nmore\n");
        let headers: Vec<String> = unified(&before, &after)
            .lines()
            .filter(|line| line.starts_with('@'))
            .map(str::to_owned)
            .collect();
        assert_eq!(headers, ["@@ -1,14 +1,13 @@", "@@ -28,6 +27,7 @@"]);
    }

    #[test]
    fn a_new_text_is_all_new() {
        assert_eq!(unified("", "a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
    }

    #[test]
    fn a_last_line_without_line_end_counts() {
        assert_eq!(unified("a", "b"), "@@ -1,1 +1,1 @@\n-a\n+b\n");
        assert_eq!(unified("a\nb", "b"), "@@ -1,2 +1,1 @@\n-a\n b\n");
    }

    #[test]
    fn a_missing_last_line_end_is_reported() {
        assert_eq!(
            unified("a", "a\nb\n"),
            "@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n"
        );
        assert_eq!(
            unified("a\n", "a"),
            "@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn texts_without_common_lines_are_compared_quickly() {
        let text =
            |word: &str| -> String { (0..20_000).map(|at| format!("{word} {at}\n")).collect() };
        let hunk = unified(&text("old"), &text("new"));
        assert_eq!(hunk.lines().count(), 40_001);
    }
}
