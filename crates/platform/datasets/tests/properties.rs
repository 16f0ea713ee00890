//! Properties of reading, inferring and writing, for any files.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use proptest::prelude::*;
use prox_datasets::{
    Cell, CellKind, ColumnFormat, ColumnType, DateOrder, Delimiter, Dialect, ImportChoices,
    Inference, Limits, NextRow, Reader, Source, Value, csv_header, csv_row, detect, json_end,
    json_row, json_start, unique_names,
};
use support::{import, import_with, try_import};

/// Text without zero characters, which no file may hold, rich in what files are made of.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        r#"[a-z,;|\t"\\#=+@ \r\n.0-9€é-]{0,12}"#,
        "[^\0]{0,8}",
        Just("sep=;".to_owned()),
        Just("# note".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => text().prop_map(Value::Text),
        1 => Just(Value::Null),
    ]
}

/// Rows of one width.
fn table() -> impl Strategy<Value = Vec<Vec<Value>>> {
    (1_usize..5)
        .prop_flat_map(|width| prop::collection::vec(prop::collection::vec(value(), width), 1..8))
}

/// Choices that make all columns text.
fn as_text(width: usize) -> ImportChoices {
    let format = ColumnFormat::new(ColumnType::Text);
    let names = (1..=width).map(|it| (format!("c{it}"), format.clone().into()));
    ImportChoices {
        columns: names.collect(),
        ..ImportChoices::default()
    }
}

/// A small file that is nearly CSV or JSON.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let csv = r#"([a-c0-9."' #;]{0,4}[,,,;\n\n\r"]){0,40}"#;
    let typed = r#"(a,b\n)?((-?[0-9]{1,4}(\.[0-9]{1,3})?|[0-3][0-9]/[01][0-9]/2024|NA|"x,\n y"|true|10:30),(1|2|x)(\r\n|\n|\r)){0,20}"#;
    let json = r#"\[(\{"[ab]": ?(1|"x\\n"|null|\[1,2\]|1e400|-0|1\.0)(,"c":true)?\},?\s?){0,12}\]"#;
    let lines = r#"(\{"[ab]": ?(1|"x"|null|\{"x":\[\]\})\}\r?\n){0,12}"#;
    prop_oneof![
        csv.prop_map(String::into_bytes),
        typed.prop_map(String::into_bytes),
        json.prop_map(String::into_bytes),
        lines.prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..80),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_exported_csv_file_imports_to_the_same_rows(rows in table()) {
        let width = rows[0].len();
        let names: Vec<String> = (1..=width).map(|it| format!("c{it}")).collect();
        let mut file = csv_header(names.iter().map(|it| &**it));
        for row in &rows {
            csv_row(&mut file, row);
        }
        let imported = import_with(file.as_bytes(), &as_text(width));
        prop_assert!(imported.bad.is_empty(), "{:?}\n{file:?}", imported.bad);
        // CSV cannot tell an empty text from null.
        let expected: Vec<Vec<Value>> = rows.into_iter().map(|row| {
            let same = |value| if value == Value::Text(String::new()) { Value::Null } else { value };
            row.into_iter().map(same).collect()
        }).collect();
        let found: Vec<Vec<Value>> = imported.rows.into_iter().map(|(_, row)| row).collect();
        prop_assert_eq!(&found, &expected, "{:?}", file);
    }

    #[test]
    fn exported_names_import_to_the_same_names(
        headers in prop::collection::vec(text(), 1..5), choose: bool,
    ) {
        let (names, _) = unique_names(&headers);
        let mut file = csv_header(names.iter().map(|it| &**it));
        let row: Vec<Value> = names.iter().map(|_| Value::Integer(5)).collect();
        csv_row(&mut file, &row);
        let choices = ImportChoices { header: Some(true), ..ImportChoices::default() };
        let names_are_text = names.iter().all(|it| it.chars().any(|it| it.is_ascii_lowercase() && it != 'e'));
        if choose || names_are_text {
            let choices = if choose { choices } else { ImportChoices::default() };
            let imported = import_with(file.as_bytes(), &choices);
            prop_assert_eq!(imported.names(), names, "{:?}", file);
            prop_assert_eq!(imported.rows.len(), 1, "{:?}", file);
        }
    }

    #[test]
    fn well_formed_files_are_split_as_the_csv_crate_splits_them(
        rows in prop::collection::vec(prop::collection::vec("[a-z \",\r\n\\\\é;]{0,6}", 3), 1..8),
        crlf: bool,
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let mut peer = csv::ReaderBuilder::new().has_headers(false).from_reader(&*file);
        let expected: Vec<Vec<String>> = peer.records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let dialect = Dialect {
            delimiter: Delimiter::COMMA, header: false, backslash_escapes: false, comments: false,
            skip_lines: 0, columns: Some(3),
        };
        let mut reader = Reader::new(Source::Csv(dialect), Limits::default());
        reader.push(&file);
        reader.end();
        let mut found = Vec::new();
        while let Some(row) = reader.next().unwrap() {
            match row {
                NextRow::Row(row) => found.push(row.cells().map(|it| it.text.to_owned()).collect::<Vec<_>>()),
                NextRow::Bad(bad) => prop_assert!(false, "{:?}", bad),
            }
        }
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn an_exported_json_file_imports_to_the_same_rows(rows in table()) {
        let width = rows[0].len();
        let names: Vec<String> = (1..=width).map(|it| format!("c{it}")).collect();
        let mut file = json_start().to_owned();
        for (index, row) in rows.iter().enumerate() {
            json_row(&mut file, index == 0, names.iter().map(|it| &**it).zip(row));
        }
        file.push_str(json_end());
        let imported = import_with(file.as_bytes(), &as_text(width));
        prop_assert!(imported.bad.is_empty(), "{:?}\n{file:?}", imported.bad);
        let found: Vec<Vec<Value>> = imported.rows.into_iter().map(|(_, row)| row).collect();
        prop_assert_eq!(found, rows, "{}", file);
    }

    #[test]
    fn typed_rows_keep_type_and_value_through_csv(
        integers in prop::collection::vec(any::<i64>(), 2..6),
        doubles in prop::collection::vec(prop::num::f64::NORMAL, 6),
        days in prop::collection::vec((1_u16..=9999, 1_u8..=12, 1_u8..=28), 6),
    ) {
        let rows: Vec<Vec<Value>> = integers.iter().zip(&doubles).zip(&days).map(|((i, d), (y, m, day))| vec![
            Value::Integer(*i),
            Value::Number(*d),
            Value::Date(format!("{y:04}-{m:02}-{day:02}")),
            Value::Boolean(i % 2 == 0),
        ]).collect();
        let mut file = csv_header(["i", "d", "day", "even"]);
        for row in &rows {
            csv_row(&mut file, row);
        }
        let imported = import(file.as_bytes());
        let found: Vec<Vec<Value>> = imported.rows.into_iter().map(|(_, row)| row).collect();
        prop_assert_eq!(found, rows, "{}", file);
    }

    #[test]
    fn chunks_do_not_change_the_result(file in any_file(), chunk in 1_usize..20) {
        let choices = ImportChoices::default();
        let whole = try_import(&file, &choices, file.len().max(1));
        let parts = try_import(&file, &choices, chunk);
        match (whole, parts) {
            (Ok(whole), Ok(parts)) => {
                prop_assert_eq!(&whole.schema, &parts.schema);
                prop_assert_eq!(&whole.rows, &parts.rows);
                prop_assert_eq!(&whole.bad, &parts.bad);
                prop_assert_eq!(&whole.report, &parts.report);
            }
            (whole, parts) => prop_assert_eq!(whole.err(), parts.err()),
        }
    }

    #[test]
    fn a_reader_that_goes_on_reads_the_same(file in any_file(), chunk in 1_usize..20) {
        // Without resuming: one reader gets all chunks.
        let limits = Limits::default();
        let Ok(detection) = detect(&file, true, None, &ImportChoices::default(), &limits) else {
            return Ok(());
        };
        let mut results = Vec::new();
        for chunk in [file.len().max(1), chunk] {
            let mut reader = Reader::new(detection.source.clone(), limits);
            let mut seen = Vec::new();
            let mut pieces = file.chunks(chunk);
            let error = loop {
                match reader.next() {
                    Ok(Some(NextRow::Row(row))) => seen.push((row.line(), row.raw())),
                    Ok(Some(NextRow::Bad(bad))) => seen.push((bad.line, bad.reason)),
                    Ok(None) => match pieces.next() {
                        Some(piece) => reader.push(piece),
                        None => {
                            reader.end();
                            match reader.next() {
                                Ok(Some(NextRow::Row(row))) => seen.push((row.line(), row.raw())),
                                Ok(Some(NextRow::Bad(bad))) => seen.push((bad.line, bad.reason)),
                                Ok(None) => break None,
                                Err(error) => break Some(error),
                            }
                        }
                    },
                    Err(error) => break Some(error),
                }
            };
            results.push((seen, error, reader.checkpoint()));
        }
        prop_assert_eq!(&results[0], &results[1]);
    }

    #[test]
    fn observing_in_parts_equals_observing_all(file in any_file(), split in 0_u64..20) {
        let limits = Limits::default();
        let choices = ImportChoices::default();
        let Ok(detection) = detect(&file, true, None, &choices, &limits) else {
            return Ok(());
        };
        let mut reader = Reader::new(detection.source.clone(), limits);
        reader.push(&file);
        reader.end();
        let [mut whole, mut first, mut second] = [(); 3].map(|()| Inference::new(&choices));
        while let Ok(Some(row)) = reader.next() {
            if let NextRow::Row(row) = row {
                whole.observe(&row);
                if row.line() < split { first.observe(&row) } else { second.observe(&row) }
            }
        }
        let stored = serde_json::to_string(&second).unwrap();
        let mut merged: Inference = serde_json::from_str(&stored).unwrap();
        merged.merge(&first);
        prop_assert_eq!(merged, whole);
    }

    #[test]
    fn an_inferred_type_fits_all_values(file in any_file()) {
        if let Ok(imported) = try_import(&file, &ImportChoices::default(), file.len().max(1)) {
            for column in &imported.schema.columns {
                prop_assert_eq!(column.misfits.count, 0);
                for hint in &column.hints {
                    prop_assert!(!hint.message().is_empty());
                }
            }
            prop_assert_eq!(imported.rows.len() as u64, imported.report.rows);
            prop_assert_eq!(imported.bad.len() as u64, imported.report.bad_rows);
        }
    }

    #[test]
    fn named_misfits_are_those_of_reading(
        values in prop::collection::vec(cell(), 1..8),
        format in format(),
    ) {
        let mut file = csv_header(["k", "v"]);
        for value in &values {
            csv_row(&mut file, &[Value::Text("x".to_owned()), Value::Text(value.clone())]);
        }
        let choices = ImportChoices {
            header: Some(true),
            delimiter: Some(Delimiter::COMMA),
            columns: [("v".to_owned(), format.clone().into())].into(),
            ..ImportChoices::default()
        };
        let imported = import_with(file.as_bytes(), &choices);
        let column = imported.column("v");
        let misfits = values.iter().filter(|it| column.format.read(&Cell::plain(it)).is_err());
        prop_assert_eq!(column.misfits.count, misfits.count() as u64, "{:?} {:?}", values, column);
    }

    #[test]
    fn a_value_reads_its_own_text(text in cell(), format in format()) {
        if let Ok(value) = format.read(&Cell::plain(&text)) {
            let again = ColumnFormat::new(format.r#type).read(&Cell::plain(&value.to_text()));
            prop_assert_eq!(again, Ok(value), "{} {:?}", text, format);
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(
        file in prop::collection::vec(any::<u8>(), 0..200),
        delimiter in "[,;|\t^]",
        header: bool, backslash_escapes: bool, comments: bool, skip_lines in 0_u64..3,
        columns in prop::option::of(1_usize..4),
    ) {
        let dialect = Dialect {
            delimiter: Delimiter::parse(&delimiter).unwrap(),
            header, backslash_escapes, comments, skip_lines, columns,
        };
        let list = Source::JsonList { path: vec!["a".to_owned()], offset: 3, line: 1 };
        for source in [Source::Csv(dialect), Source::JsonLines, list] {
            let mut reader = Reader::new(source, Limits::default());
            reader.push(&file);
            reader.end();
            while let Ok(Some(_)) = reader.next() {}
        }
    }

    #[test]
    fn the_beginning_of_a_file_is_enough_to_read_it(file in any_file(), part in 0_usize..60) {
        let head = &file[..part.min(file.len())];
        let limits = Limits::default();
        if let Ok(detection) = detect(head, false, Some("data.csv"), &ImportChoices::default(), &limits) {
            let mut reader = Reader::new(detection.source, limits);
            reader.push(&file);
            reader.end();
            while let Ok(Some(_)) = reader.next() {}
            // Whatever was detected, no byte is left behind unless there is an error.
            if reader.next().is_ok() {
                prop_assert_eq!(reader.checkpoint().offset, file.len() as u64);
            }
        }
    }

    #[test]
    fn json_strings_are_read_like_csv_cells(text in cell(), format in format()) {
        let cell = Cell { kind: CellKind::String, text: &text };
        if !text.trim().is_empty() {
            prop_assert_eq!(format.read(&cell), format.read(&Cell::plain(&text)));
        }
    }
}

/// A value of a file that is nearly typed.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        r"[+-]?[0-9]{0,4}([.,_ '][0-9]{1,4}){0,3}([eE][+-]?[0-9]{1,3})?",
        r"[$€%]? ?-?[0-9]{1,3}([.,][0-9]{3}){0,2}([.,][0-9]{1,3})? ?(%|EUR|kr)?",
        r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{2}){1,2}([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?",
        r"(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-][01][0-9]:?[0-5][0-9])?)?",
        r"[0-9]{16,25}(\.[0-9]{0,20})?",
        r"true|FALSE|NA|-|null|NaN|-inf|[0-2]?[0-9]:[0-6][0-9]",
        text(),
    ]
}

fn format() -> impl Strategy<Value = ColumnFormat> {
    let types = [
        ColumnType::Text,
        ColumnType::Boolean,
        ColumnType::Integer,
        ColumnType::Numeric,
        ColumnType::Number,
        ColumnType::Date,
        ColumnType::Time,
        ColumnType::Datetime,
        ColumnType::Timestamp,
    ];
    let orders = [
        None,
        Some(DateOrder::DayMonthYear),
        Some(DateOrder::MonthDayYear),
        Some(DateOrder::YearMonthDay),
    ];
    let affixes = [None, Some("$"), Some("%"), Some("EUR")];
    let words = [vec![], vec!["NA".to_owned(), "-".to_owned()]];
    (
        prop::sample::select(types.to_vec()),
        prop::sample::select(orders.to_vec()),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(affixes.to_vec()),
        prop::sample::select(words.to_vec()),
    )
        .prop_map(
            |(r#type, date_order, decimal_comma, grouping, affix, null_words)| ColumnFormat {
                r#type,
                date_order,
                decimal_comma,
                grouping,
                affix: affix.map(str::to_owned),
                null_words,
            },
        )
}
