//! Files that are broken, too large, or of another kind: clear errors, and nothing lost.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use prox_datasets::{
    ColumnFormat, ColumnType, FileError, ImportChoices, Limits, NextRow, Note, Reader, Source,
    Value, detect,
};
use support::{fails, import};

fn error_of(file: &[u8], limits: Limits) -> FileError {
    let detection = match detect(file, true, None, &ImportChoices::default(), &limits) {
        Ok(detection) => detection,
        Err(error) => return error,
    };
    let mut reader = Reader::new(detection.source, limits);
    reader.push(file);
    reader.end();
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the file is read"),
            Err(error) => return error,
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_are_named_by_line() {
    for (file, line) in [
        (&b"a,b\n1,2\ncaf\xE9,3\n"[..], 3),
        (b"a,b\r\n\"x\r\ny\r\n\xE9\",3\r\n", 4),
        (b"caf\xE9,b\n1,2\n", 1),
        (b"a\xC3,\xA9b\n1,2\n", 1),
        (b"{\"a\":1}\n{\"a\":\"\xE9\"}\n", 2),
        (b"[\n{\"a\":1},\n{\"a\":\"\xE9\"}]", 3),
        (b"a,b\n1,2\nx,\xF0\x9F", 3),
    ] {
        assert_eq!(fails(file), FileError::NotUtf8 { line }, "{file:?}");
    }
}

#[test]
fn byte_order_marks_of_utf8_are_dropped() {
    assert_eq!(import(b"\xEF\xBB\xBFa,b\n1,2\n").names(), ["a", "b"]);
    assert_eq!(import(b"\xEF\xBB\xBF[{\"a\":1}]").json(), "[[1]]");
    assert_eq!(
        import(b"\xEF\xBB\xBF{\"a\":1}\n{\"a\":2}\n").json(),
        "[[1],[2]]"
    );
    assert_eq!(
        import(b"\xEF\xBB\xBF{\"data\":[{\"a\":1}]}").json(),
        "[[1]]"
    );
}

#[test]
fn other_encodings_and_formats_are_refused_with_advice() {
    let utf16: Vec<u8> = "a,b\n1,2\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        fails(&[&b"\xFF\xFE"[..], &utf16].concat()),
        FileError::Utf16
    );
    assert_eq!(fails(&utf16), FileError::Utf16);
    let error = fails(b"PK\x03\x04rest");
    assert_eq!(
        error.to_string(),
        "This file is an Excel workbook or a zip file, not CSV or JSON. Save it as CSV UTF-8, and \
         import it again."
    );
    for file in [&b""[..], b"\n\n", b"\xEF\xBB\xBF", b"  \r\n"] {
        assert_eq!(fails(file), FileError::Empty);
    }
}

#[test]
fn too_many_columns_are_refused_at_once() {
    let named: String = (0..1_000_000).map(|it| format!("c{it},")).collect();
    let error = FileError::TooManyColumns {
        line: 1,
        limit: 500,
    };
    assert_eq!(fails(named.as_bytes()), error);
    // The beginning of the file is enough.
    let head = &named.as_bytes()[..64_000];
    let detected = detect(
        head,
        false,
        None,
        &ImportChoices::default(),
        &Limits::default(),
    );
    assert_eq!(detected, Err(error.clone()));
    assert_eq!(fails(",".repeat(1_000_000).as_bytes()), error);
    let json: Vec<String> = (0..501).map(|it| format!("{{\"k{it}\":1}}")).collect();
    let error = FileError::TooManyColumns {
        line: 501,
        limit: 500,
    };
    assert_eq!(fails(json.join("\n").as_bytes()), error);
    // A row that is too long is only a bad row.
    let imported = import(format!("a,b\n1,2\n{}\n3,4\n", ",9".repeat(400_000)).as_bytes());
    assert_eq!(imported.json(), "[[1,2],[3,4]]");
    assert_eq!(imported.bad_lines(), [3]);
}

#[test]
fn empty_cells_up_to_the_last_column_of_a_sheet_are_dropped() {
    let tail = ",".repeat(16_382);
    let imported = import(format!("a,b{tail}\n1,2{tail}\n3,4{tail}\n").as_bytes());
    assert_eq!(imported.names(), ["a", "b"]);
    assert_eq!(imported.json(), "[[1,2],[3,4]]");
    assert!(
        imported.has_note(|it| matches!(it, Note::EmptyCellsDropped(lines) if lines.count == 2))
    );
}

#[test]
fn sizes_have_limits_with_clear_errors() {
    let limits = Limits {
        bytes: 2_000_000,
        rows: 3,
        columns: 3,
        row_bytes: 40_000,
        cell_bytes: 20_000,
    };
    let rows = error_of(b"a,b\n1,2\n3,4\n5\n6,7\n", limits);
    assert_eq!(
        rows.to_string(),
        "This file has more than 3 rows. Split it, and import the parts."
    );
    let columns = error_of(b"a,b,c,d\n1,2,3,4\n", limits);
    assert_eq!(columns, FileError::TooManyColumns { line: 1, limit: 3 });
    let long = format!("a,b\n{}", "x".repeat(50_000));
    let row = FileError::RowTooLong {
        line: 2,
        limit: 40_000,
    };
    assert_eq!(error_of(long.as_bytes(), limits), row);
    let quote = format!("a,b\n1,\"{}", "x\n".repeat(30_000));
    assert_eq!(
        error_of(quote.as_bytes(), limits),
        FileError::UnclosedQuote { line: 2 }
    );
    let object = format!("[{{\"a\":\"{}\"}}]", "x".repeat(50_000));
    let row = FileError::RowTooLong {
        line: 1,
        limit: 40_000,
    };
    assert_eq!(error_of(object.as_bytes(), limits), row);
    let bytes = vec![b'\n'; 2_000_001];
    let file = [b"a,b\n", &bytes[..]].concat();
    assert_eq!(
        error_of(&file, limits).to_string(),
        "This file is larger than 2 MB. Split it, and import the parts."
    );
}

#[test]
fn long_cells_are_bad_rows() {
    let file = format!("a,b\n1,{}\n3,4\n", "x".repeat(64_001));
    let imported = import(file.as_bytes());
    assert_eq!(imported.json(), "[[3,4]]");
    assert_eq!(
        imported.bad[0].reason,
        "The cell in column “b” is longer than 64 kB."
    );
    let file = format!("{{\"a\":\"{}\"}}\n{{\"a\":2}}\n", "x".repeat(64_001));
    assert_eq!(import(file.as_bytes()).bad_lines(), [1]);
}

#[test]
fn zero_characters_are_bad_rows() {
    let imported = import(b"a,b\n1,2\nx\0,3\n4,5\n");
    assert_eq!(imported.bad_lines(), [3]);
    assert_eq!(imported.json(), "[[1,2],[4,5]]");
    assert!(
        imported.bad[0].reason.contains("column “a”"),
        "{}",
        imported.bad[0].reason
    );
}

#[test]
fn json_that_is_broken_outside_of_rows_names_its_line() {
    for (file, expected) in [
        (
            "[{\"a\":1}\n{\"a\":2}]",
            "Line 2 is not valid JSON: A comma or the end of the list is expected here.",
        ),
        (
            "[{\"a\":1},\n,{\"a\":2}]",
            "Line 2 is not valid JSON: A row is expected here.",
        ),
        (
            "[{\"a\":1},\n{\"a\":2}",
            "The file ends too early: what begins on line 1 is never closed.",
        ),
        (
            "[{\"a\":1},\n{\"a\":2",
            "The file ends too early: what begins on line 2 is never closed.",
        ),
        (
            "[{\"a\":1}]\n\nmore",
            "Line 3 is not valid JSON: Text follows the list of rows.",
        ),
    ] {
        assert_eq!(fails(file.as_bytes()).to_string(), expected, "{file}");
    }
    // What is broken inside of a row is a bad row.
    let imported = import(b"[{\"a\":1},\n{\"a\":tru},\n{\"a\":2},\n{\"b\":1 2}]");
    assert_eq!(imported.bad_lines(), [2, 4]);
    assert_eq!(imported.json(), "[[1],[2]]");
}

#[test]
fn deeply_nested_json_is_text() {
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let imported = import(format!("[{{\"a\":{deep}}}]").as_bytes());
    assert_eq!(imported.column("a").format.r#type, ColumnType::Text);
    assert_eq!(imported.rows[0].1[0], Value::Text(deep));
    let imported = import(br#"[{"a":{"x": [1, 2]},"b":1},{"a":null}]"#);
    assert_eq!(imported.json(), r#"[["{\"x\": [1, 2]}",1],[null,null]]"#);
    // Below an object there may be no list at all.
    let deep = "{\"a\":".repeat(50_000);
    assert_eq!(fails(deep.as_bytes()), FileError::NoList);
}

#[test]
fn strings_in_json_keep_what_they_are() {
    let file = br#"[{"n":"007","d":"2024-05-01","e":"","m":1},{"n":"5","d":"","e":"x","m":"2"}]"#;
    let imported = import(file);
    let types: Vec<ColumnType> = imported
        .schema
        .columns
        .iter()
        .map(|it| it.format.r#type)
        .collect();
    assert_eq!(
        types,
        [
            ColumnType::Text,
            ColumnType::Date,
            ColumnType::Text,
            ColumnType::Text
        ]
    );
    assert_eq!(
        imported.json(),
        r#"[["007","2024-05-01","","1"],["5",null,"x","2"]]"#
    );
}

#[test]
fn keys_become_unique_names() {
    let imported = import(br#"[{"":1," a":2,"a":3,"b\n":4}]"#);
    assert_eq!(imported.names(), ["column1", "a", "a_2", "b"]);
    assert_eq!(imported.schema.columns[2].header, "a");
    assert_eq!(imported.json(), "[[1,2,3,4]]");
}

#[test]
fn values_read_the_json_that_they_serialize_to() {
    for (kind, value) in [
        (ColumnType::Integer, Value::Integer(i64::MIN)),
        (ColumnType::Integer, Value::Integer(5)),
        (
            ColumnType::Numeric,
            Value::Numeric("12345678901234567890.50".to_owned()),
        ),
        (ColumnType::Number, Value::Number(1e300)),
        (ColumnType::Boolean, Value::Boolean(true)),
        (ColumnType::Text, Value::Text(String::new())),
        (ColumnType::Text, Value::Text("5".to_owned())),
        (
            ColumnType::Timestamp,
            Value::Timestamp("2024-05-01T08:00:00.5Z".to_owned()),
        ),
        (ColumnType::Time, Value::Time("08:00:00".to_owned())),
        (ColumnType::Date, Value::Null),
    ] {
        let raw = serde_json::to_string(&value).unwrap();
        assert_eq!(Value::from_json(kind, &raw), Ok(value), "{raw}");
    }
    for (kind, raw) in [
        (ColumnType::Integer, "1.5"),
        (ColumnType::Integer, "true"),
        (ColumnType::Number, "\"abc\""),
        (ColumnType::Number, "1e400"),
        (ColumnType::Boolean, "1"),
        (ColumnType::Date, "\"2024-02-30\""),
        (ColumnType::Date, "20240501"),
        (ColumnType::Integer, "{}"),
        (ColumnType::Integer, "nul"),
        (ColumnType::Text, "\"\\u0000\""),
    ] {
        assert!(Value::from_json(kind, raw).is_err(), "{raw}");
    }
}

#[test]
fn changing_a_type_keeps_the_meaning_or_fails() {
    let text = |it: &str| Value::Text(it.to_owned());
    for (value, kind, expected) in [
        (
            Value::Number(5.0),
            ColumnType::Integer,
            Some(Value::Integer(5)),
        ),
        (Value::Number(5.5), ColumnType::Integer, None),
        (
            Value::Integer(5),
            ColumnType::Number,
            Some(Value::Number(5.0)),
        ),
        (Value::Integer(i64::MAX), ColumnType::Number, None),
        (Value::Integer(5), ColumnType::Text, Some(text("5"))),
        (Value::Integer(1), ColumnType::Boolean, None),
        (
            text("2024-05-01"),
            ColumnType::Date,
            Some(Value::Date("2024-05-01".to_owned())),
        ),
        (text("soon"), ColumnType::Date, None),
        (
            Value::Date("2024-05-01".to_owned()),
            ColumnType::Timestamp,
            None,
        ),
        (Value::Null, ColumnType::Date, Some(Value::Null)),
        (
            Value::Numeric("1.10".to_owned()),
            ColumnType::Number,
            Some(Value::Number(1.1)),
        ),
    ] {
        assert_eq!(
            value.convert(&ColumnFormat::new(kind)).ok(),
            expected,
            "{value:?} {kind:?}"
        );
    }
    let misfit = text("soon")
        .convert(&ColumnFormat::new(ColumnType::Date))
        .unwrap_err();
    assert_eq!(misfit.to_string(), "“soon” is not a date.");
}

#[test]
fn a_reader_lends_rows_with_their_raw_text() {
    let mut reader = Reader::new(Source::JsonLines, Limits::default());
    reader.push(b"{\"a\":1}\r\n{\"a\"");
    let Ok(Some(NextRow::Row(row))) = reader.next() else {
        panic!("a row is expected");
    };
    assert_eq!((row.line(), row.raw()), (1, "{\"a\":1}".to_owned()));
    assert!(matches!(reader.next(), Ok(None)));
    assert_eq!(reader.checkpoint().offset, 9);
    assert_eq!(reader.headers(), ["a"]);
}
