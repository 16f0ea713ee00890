//! Named parameters: `:title` in a statement's SQL becomes `$14` while the compiler runs.
//!
//! A name that the statement does not bind, a bind that the SQL does not use and a hand-written
//! `$8` are compile errors. Casts (`::text`), string literals, quoted identifiers and comments do
//! not change.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "evaluated by the compiler: a panic is a compile error"
)]

/// The parameters that every statement has, in order. The frames in [`crate::frame`] use them. A
/// statement's own parameters have the numbers after them.
pub(crate) const CONTEXT_PARAMS: [&str; 7] = [
    "session_id",
    "secret_hash",
    "now",
    "organization",
    "min_rank",
    "idempotency_key",
    "request_hash",
];

/// Builds a [`Statement`](crate::Statement) from its access, its SQL and the values that it binds
/// by name:
///
/// ```text
/// statement!(Read: tenant_read!(r#"select … where s.slug = :space"#), space = space)
/// ```
macro_rules! statement {
    ($access:ident: $sql:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        const SQL: &str = $sql;
        const OWN: &[&str] = &[$(stringify!($name)),*];
        const NUMBERED: [u8; $crate::sql::numbered_len(SQL, OWN)] = $crate::sql::number(SQL, OWN);
        $(const {
            assert!(
                !$crate::sql::is_context_param(stringify!($name)),
                concat!(stringify!($name), " is a parameter of every statement"),
            );
            assert!(
                $crate::sql::uses(SQL, stringify!($name)),
                concat!("the SQL does not use :", stringify!($name)),
            );
        })*
        $crate::statement::Statement::new($crate::sql::as_text(&NUMBERED), $crate::Access::$access)
            $(.bind($value))*
    }};
}

pub(crate) use statement;

/// The length of [`number`]'s result.
pub(crate) const fn numbered_len(sql: &str, own: &[&str]) -> usize {
    let sql = sql.as_bytes();
    let (mut at, mut len) = (0, 0);
    while at < sql.len() {
        let token = token_at(sql, at);
        len += if token.is_name {
            if number_of(sql, at, token.end, own) < 10 {
                2
            } else {
                3
            }
        } else {
            token.end - at
        };
        at = token.end;
    }
    len
}

/// The SQL with `$n` in place of each `:name`.
pub(crate) const fn number<const N: usize>(sql: &str, own: &[&str]) -> [u8; N] {
    let sql = sql.as_bytes();
    let mut out = [0; N];
    let (mut at, mut to) = (0, 0);
    while at < sql.len() {
        let token = token_at(sql, at);
        if token.is_name {
            let number = number_of(sql, at, token.end, own);
            out[to] = b'$';
            to += 1;
            if number >= 10 {
                out[to] = b'0' + number / 10;
                to += 1;
            }
            out[to] = b'0' + number % 10;
            to += 1;
        } else {
            while at < token.end {
                out[to] = sql[at];
                to += 1;
                at += 1;
            }
        }
        at = token.end;
    }
    out
}

/// Whether the SQL names the parameter.
pub(crate) const fn uses(sql: &str, name: &str) -> bool {
    let sql = sql.as_bytes();
    let mut at = 0;
    while at < sql.len() {
        let token = token_at(sql, at);
        if token.is_name && equals(sql, at + 1, token.end, name.as_bytes()) {
            return true;
        }
        at = token.end;
    }
    false
}

/// Whether every statement has a parameter of this name.
pub(crate) const fn is_context_param(name: &str) -> bool {
    let mut at = 0;
    while at < CONTEXT_PARAMS.len() {
        if equals(
            name.as_bytes(),
            0,
            name.len(),
            CONTEXT_PARAMS[at].as_bytes(),
        ) {
            return true;
        }
        at += 1;
    }
    false
}

/// The result of [`number`] as text.
pub(crate) const fn as_text(sql: &'static [u8]) -> &'static str {
    match std::str::from_utf8(sql) {
        Ok(text) => text,
        Err(_) => panic!("numbering changes nothing but ASCII"),
    }
}

/// A piece of SQL that ends before `end`: a `:name`, or text that does not change.
struct Token {
    end: usize,
    is_name: bool,
}

const fn token_at(sql: &[u8], at: usize) -> Token {
    let next = byte_at(sql, at + 1);
    let end = match sql[at] {
        b'\'' | b'"' => after_byte(sql, at + 1, sql[at]),
        b'-' if next == b'-' => after_byte(sql, at + 2, b'\n'),
        b'/' if next == b'*' => after_comment(sql, at + 2),
        b'$' if next.is_ascii_digit() => panic!("name the parameter, as in :title"),
        b':' if next == b':' => at + 2,
        b':' if next == b'_' || next.is_ascii_lowercase() => {
            let mut end = at + 2;
            while is_name_byte(byte_at(sql, end)) {
                end += 1;
            }
            return Token { end, is_name: true };
        }
        _ => at + 1,
    };
    Token {
        end,
        is_name: false,
    }
}

/// The byte at an index, or 0 after the end.
const fn byte_at(sql: &[u8], at: usize) -> u8 {
    if at < sql.len() { sql[at] } else { 0 }
}

const fn is_name_byte(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

const fn after_byte(sql: &[u8], mut at: usize, end: u8) -> usize {
    while at < sql.len() && sql[at] != end {
        at += 1;
    }
    if at < sql.len() { at + 1 } else { at }
}

const fn after_comment(sql: &[u8], mut at: usize) -> usize {
    while at < sql.len() && !(sql[at] == b'*' && byte_at(sql, at + 1) == b'/') {
        at += 1;
    }
    if at < sql.len() { at + 2 } else { at }
}

const fn equals(sql: &[u8], from: usize, to: usize, name: &[u8]) -> bool {
    if to - from != name.len() {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if sql[from + at] != name[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// The number of the parameter whose `:name` is at `from..to`.
const fn number_of(sql: &[u8], from: usize, to: usize, own: &[&str]) -> u8 {
    let mut number = 1;
    let mut at = 0;
    while at < CONTEXT_PARAMS.len() + own.len() {
        let name = if at < CONTEXT_PARAMS.len() {
            CONTEXT_PARAMS[at]
        } else {
            own[at - CONTEXT_PARAMS.len()]
        };
        if equals(sql, from + 1, to, name.as_bytes()) {
            return number;
        }
        number += 1;
        at += 1;
    }
    unbound_name(sql, from, to)
}

/// Fails the compilation with the name.
const fn unbound_name(sql: &[u8], from: usize, to: usize) -> ! {
    match std::str::from_utf8(sql.split_at(to).0.split_at(from).1) {
        Ok(name) => panic!("{}", name),
        Err(_) => panic!("the SQL names a parameter that the statement does not bind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! numbered {
        ($sql:literal $(, $own:literal)*) => {{
            const OWN: &[&str] = &[$($own),*];
            const NUMBERED: [u8; numbered_len($sql, OWN)] = number($sql, OWN);
            as_text(&NUMBERED)
        }};
    }

    #[test]
    fn names_become_numbers_after_the_context_params() {
        assert_eq!(
            numbered!(
                "a = :first and b > :now and c = :second or :first is null",
                "first",
                "second"
            ),
            "a = $8 and b > $3 and c = $9 or $8 is null"
        );
    }

    #[test]
    fn two_digit_numbers_are_written_whole() {
        assert_eq!(
            numbered!(":a:b:c:d(:c)", "a", "b", "c", "d"),
            "$8$9$10$11($10)"
        );
    }

    #[test]
    fn a_longer_name_is_not_mistaken_for_its_beginning() {
        assert_eq!(numbered!(":after_id :after", "after", "after_id"), "$9 $8");
    }

    #[test]
    fn casts_literals_identifiers_and_comments_stay() {
        for (sql, expected) in [
            (numbered!(":id::text[]", "id"), "$8::text[]"),
            (numbered!("'12:id' || :id", "id"), "'12:id' || $8"),
            (numbered!("'it''s :id' || :id", "id"), "'it''s :id' || $8"),
            (numbered!("\"a:id\" = :id", "id"), "\"a:id\" = $8"),
            (numbered!("-- one's :id\n:id", "id"), "-- one's :id\n$8"),
            (numbered!("/* :id's */ :id", "id"), "/* :id's */ $8"),
            (numbered!("a[1 : 2], b := 3"), "a[1 : 2], b := 3"),
            (numbered!("'ends :id"), "'ends :id"),
            (numbered!("Jörg :id", "id"), "Jörg $8"),
        ] {
            assert_eq!(sql, expected);
        }
    }

    #[test]
    #[should_panic(expected = ":titel")]
    fn an_unbound_name_is_refused_by_its_name() {
        numbered_len("select :titel", &["title"]);
    }

    #[test]
    #[should_panic(expected = "name the parameter")]
    fn a_hand_written_number_is_refused() {
        numbered_len("select $8", &["title"]);
    }

    #[test]
    fn a_bind_with_the_name_of_a_context_param_is_noticed() {
        assert!(is_context_param("secret_hash"));
        assert!(!is_context_param("link_hash"));
    }

    #[test]
    fn an_unused_bind_is_noticed() {
        assert!(uses("select :title", "title"));
        for sql in [
            "select :titles",
            "select ':title'",
            "select x::title",
            "select :titl",
        ] {
            assert!(!uses(sql, "title"), "{sql}");
        }
    }
}
