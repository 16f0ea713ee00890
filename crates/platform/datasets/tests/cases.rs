//! What an importer that respects its user infers: one test for each row of the table of cases.
//! The number of a test is the number of its row.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use prox_datasets::{
    ColumnChoice, ColumnType, DateOrder, Delimiter, FileError, HintKind, ImportChoices, Note,
    Source, Value, csv_header, csv_row,
};
use support::{Imported, fails, import, import_with};

/// A file with a header and one value on each line from line 2. The first column is text.
fn file(values: &[&str]) -> String {
    let mut text = String::from("name,v\n");
    for value in values {
        let quoted = if value.contains([',', '"']) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            (*value).to_owned()
        };
        text.push_str(&format!("ada,{quoted}\n"));
    }
    text
}

/// The same values in a file of one column.
fn narrow(values: &[&str]) -> String {
    format!("v\n{}\n", values.join("\n"))
}

/// Checks type, hints and values of a column, alone and beside another one.
#[track_caller]
fn check(values: &[&str], expected: ColumnType, hints: &[(HintKind, &[u64])]) -> Imported {
    let wide = import(file(values).as_bytes());
    let alone = import(narrow(values).as_bytes());
    let plain = values.iter().all(|it| !it.contains(',') && !it.is_empty());
    for imported in [Some(&wide), plain.then_some(&alone)].into_iter().flatten() {
        let column = imported.column("v");
        assert_eq!(column.format.r#type, expected, "{values:?}: {column:#?}");
        let found: Vec<(HintKind, &[u64])> = column
            .hints
            .iter()
            .map(|it| (it.kind, &*it.lines.lines))
            .collect();
        assert_eq!(found, hints, "{values:?}");
        assert!(imported.bad.is_empty(), "{values:?}: {:?}", imported.bad);
        assert_eq!(imported.rows.len(), values.len(), "{values:?}");
        if expected == ColumnType::Text {
            let texts: Vec<String> = imported
                .rows
                .iter()
                .map(|(_, row)| row.last().unwrap().to_text())
                .collect();
            assert_eq!(texts, values);
        }
    }
    wide
}

/// The values of the column as JSON.
#[track_caller]
fn values(imported: &Imported) -> Vec<serde_json::Value> {
    let value = |row: &Vec<Value>| serde_json::to_value(row.last().unwrap()).unwrap();
    imported.rows.iter().map(|(_, row)| value(row)).collect()
}

use ColumnType::{Boolean, Date, Datetime, Integer, Number, Numeric, Text, Time, Timestamp};
use HintKind::{
    DateOrder as AskOrder, DecimalComma, FormattedNumbers, MixedOffsets, NonFinite, NullWords,
    SomeDoNotFit,
};
use serde_json::json;

#[test]
fn case_1_leading_zeros_are_text() {
    check(&["01234", "90210"], Text, &[]);
    check(&["007", "8"], Text, &[]);
    check(&["-01", "5"], Text, &[]);
    check(&["00.5", "5"], Text, &[]);
    check(&["00", "5"], Text, &[]);
    check(&["0", "0.5", "-0.5"], Number, &[]);
}

#[test]
fn case_2_plus_signs_are_text() {
    check(&["+14155550100"], Text, &[]);
    check(&["+5", "+6"], Text, &[]);
    check(&["+1.5", "2"], Text, &[]);
}

#[test]
fn case_3_large_integers_stay_exact() {
    let imported = check(&["9007199254740993"], Integer, &[]);
    assert_eq!(values(&imported), [json!("9007199254740993")]);
    let imported = check(&["-9223372036854775808", "9007199254740991"], Integer, &[]);
    assert_eq!(
        values(&imported),
        [
            json!("-9223372036854775808"),
            json!(9_007_199_254_740_991_i64)
        ]
    );
}

#[test]
fn case_4_longer_integers_are_numeric() {
    let imported = check(&["18446744073709551615", "5"], Numeric, &[]);
    assert_eq!(
        values(&imported),
        [json!("18446744073709551615"), json!("5")]
    );
    check(&["123456789012345678901234567890"], Numeric, &[]);
    // Digits that a double would lose.
    let imported = check(&["0.1234567890123456789", "1.50", "1e3"], Numeric, &[]);
    assert_eq!(
        values(&imported),
        [json!("0.1234567890123456789"), json!("1.50"), json!("1000")]
    );
    check(&["9007199254740993", "0.5"], Numeric, &[]);
}

#[test]
fn case_5_all_decimal_notations_are_numbers() {
    let imported = check(&["1e5", "1E-3", ".5", "5."], Number, &[]);
    assert_eq!(
        values(&imported),
        [json!(1e5), json!(1e-3), json!(0.5), json!(5.0)]
    );
    check(
        &["0.1", "0.30000000000000004", "-1.7976931348623157e308"],
        Number,
        &[],
    );
}

#[test]
fn case_6_numbers_out_of_range_are_text() {
    check(&["1234567", "12e4567"], Text, &[]);
    check(&["1e400"], Text, &[]);
    check(&["1e-400", "1"], Text, &[]);
    check(&["0e830400", "1"], Text, &[]);
}

#[test]
fn case_7_formatted_numbers_are_offered() {
    let all: &[u64] = &[2];
    check(&["1_000"], Text, &[(FormattedNumbers, all)]);
    check(&["1,234.56"], Text, &[(FormattedNumbers, all)]);
    check(&["$5"], Text, &[(FormattedNumbers, all)]);
    check(&["5%"], Text, &[(FormattedNumbers, all)]);
    check(&["1'000.5", "20"], Text, &[(FormattedNumbers, all)]);
    check(&["1,234,567", "12"], Text, &[(FormattedNumbers, all)]);
    check(&["-$1,200.50", "$ 3"], Text, &[(FormattedNumbers, &[2, 3])]);
    check(&["12 EUR", "7 EUR"], Text, &[(FormattedNumbers, &[2, 3])]);
    // 1234 or 1.234: both are offered.
    check(
        &["1,234"],
        Text,
        &[(FormattedNumbers, all), (DecimalComma, all)],
    );
    // Two currencies have no common number.
    check(&["$5", "€5"], Text, &[]);
}

#[test]
fn case_7_an_accepted_offer_gives_numbers() {
    for (texts, expected) in [
        (&["1,234.56", "2"][..], json!([1234.56, 2.0])),
        (&["$5", "-$1,000"], json!([5, -1000])),
        (&["5%", "7.5 %"], json!([5.0, 7.5])),
        (&["1_000", "12"], json!([1000, 12])),
    ] {
        let file = file(texts);
        let offered = import(file.as_bytes()).column("v").hints[0].offer.clone();
        let choice = ColumnChoice::from(offered);
        let choices = ImportChoices {
            columns: [("v".to_owned(), choice)].into(),
            ..ImportChoices::default()
        };
        let imported = import_with(file.as_bytes(), &choices);
        assert_eq!(imported.column("v").misfits.count, 0, "{texts:?}");
        assert_eq!(json!(values(&imported)), expected);
    }
}

#[test]
fn case_8_a_decimal_comma_is_asked() {
    for (file, expected) in [
        ("name;v\nada;1,5\nbob;2\n", json!([1.5, 2.0])),
        ("name;v\nada;1.234,56\nbob;-0,5\n", json!([1234.56, -0.5])),
        ("name;v\nada;1.234\nbob;12.345\n", json!([1234, 12345])),
        ("1,5;2,5\n3,5;4,5\n", json!([2.5, 4.5])),
    ] {
        let imported = import(file.as_bytes());
        let column = imported.schema.columns.last().unwrap();
        assert_eq!(column.format.r#type, Text, "{file}");
        assert_eq!(column.hints.len(), 1, "{file}: {:?}", column.hints);
        assert_eq!(column.hints[0].kind, DecimalComma);
        let choices = ImportChoices {
            decimal_comma: Some(true),
            ..ImportChoices::default()
        };
        let imported = import_with(file.as_bytes(), &choices);
        assert_eq!(json!(values(&imported)), expected, "{file}");
    }
    // The choice of the point leaves no question.
    let choices = ImportChoices {
        decimal_comma: Some(false),
        ..ImportChoices::default()
    };
    let imported = import_with(b"name;v\nada;1.234\n", &choices);
    assert_eq!(json!(values(&imported)), json!([1.234]));
    // Zero and three decimals are no groups.
    assert_eq!(import(b"a;v\nx;0.125\n").column("v").format.r#type, Number);
}

#[test]
fn case_9_numbers_that_are_not_finite_are_text() {
    check(&["1", "NaN", "inf", "2.5"], Text, &[(NonFinite, &[3, 4])]);
    check(&["1", "-Infinity"], Text, &[(NonFinite, &[3])]);
}

#[test]
fn case_10_words_that_may_mean_null_are_asked() {
    for word in ["NA", "NULL", "None", "-", "n/a", "n.a.", "#N/A", "null"] {
        let imported = check(&["1", word, "3"], Text, &[(NullWords, &[3])]);
        let offer = &imported.column("v").hints[0].offer;
        assert_eq!(offer.r#type, Integer);
        let choices = ImportChoices {
            null_words: offer.null_words.clone(),
            ..ImportChoices::default()
        };
        let imported = import_with(file(&["1", word, "3"]).as_bytes(), &choices);
        assert_eq!(json!(values(&imported)), json!([1, null, 3]), "{word}");
        assert_eq!(imported.column("v").nulls, 1);
    }
    check(&["alice", "NA", "bob"], Text, &[]);
}

#[test]
fn case_11_empty_and_quoted_empty_are_null() {
    let imported = import(b"a,b\n,1\n\"\",2\nx,3\n");
    assert_eq!(imported.json(), r#"[[null,1],[null,2],["x",3]]"#);
}

#[test]
fn case_12_integers_with_gaps_stay_integers() {
    let imported = check(&["1", "", "3"], Integer, &[]);
    assert_eq!(json!(values(&imported)), json!([1, null, 3]));
    assert_eq!(imported.column("v").nulls, 1);
}

#[test]
fn case_13_true_and_false_are_booleans() {
    let imported = check(&["TRUE", "false", "True"], Boolean, &[]);
    assert_eq!(json!(values(&imported)), json!([true, false, true]));
}

#[test]
fn case_14_other_words_for_yes_stay_text() {
    check(&["yes", "no"], Text, &[]);
    check(&["Y", "N"], Text, &[]);
    check(&["T", "F"], Text, &[]);
    check(&["on", "off"], Text, &[]);
}

#[test]
fn case_15_zero_and_one_are_integers() {
    let imported = check(&["0", "1", "1"], Integer, &[]);
    assert_eq!(json!(values(&imported)), json!([0, 1, 1]));
}

#[test]
fn case_16_a_date_that_does_not_exist_is_named() {
    check(&["2024-02-28", "2024-02-30"], Text, &[(SomeDoNotFit, &[3])]);
    check(&["2024-02-28", "2023-02-29"], Text, &[(SomeDoNotFit, &[3])]);
    check(&["2024-02-29", "2024-12-31"], Date, &[]);
    check(&["2024/02/28", "2024/2/9"], Date, &[]);
}

#[test]
fn case_17_an_evident_order_of_day_and_month() {
    let imported = check(&["03/04/2024", "13/04/2024"], Date, &[]);
    assert_eq!(
        json!(values(&imported)),
        json!(["2024-04-03", "2024-04-13"])
    );
    let order = imported.column("v").format.date_order;
    assert_eq!(order, Some(DateOrder::DayMonthYear));
    let imported = check(&["03/04/2024", "04/13/2024"], Date, &[]);
    assert_eq!(
        json!(values(&imported)),
        json!(["2024-03-04", "2024-04-13"])
    );
    check(&["03.04.2024", "13.4.2024"], Date, &[]);
    let imported = check(&["13/04/2024 10:30", "3/4/2024 23:00"], Datetime, &[]);
    assert_eq!(
        json!(values(&imported)),
        json!(["2024-04-13T10:30:00", "2024-04-03T23:00:00"])
    );
    // Both orders occur: neither is right for all.
    let both: &[(HintKind, &[u64])] = &[(SomeDoNotFit, &[3]), (SomeDoNotFit, &[2])];
    check(&["13/04/2024", "04/13/2024"], Text, both);
}

#[test]
fn case_18_an_open_order_of_day_and_month_is_asked() {
    let both: &[(HintKind, &[u64])] = &[(AskOrder, &[2, 3]), (AskOrder, &[2, 3])];
    check(&["03/04/2024", "05/06/2024"], Text, both);
    check(&["13/02/24"], Text, &[(AskOrder, &[2]), (AskOrder, &[2])]);
    for (order, expected) in [
        (DateOrder::DayMonthYear, "2024-04-03"),
        (DateOrder::MonthDayYear, "2024-03-04"),
    ] {
        let choices = ImportChoices {
            date_order: Some(order),
            ..ImportChoices::default()
        };
        let imported = import_with(file(&["03/04/2024", "05/06/24"]).as_bytes(), &choices);
        assert_eq!(imported.column("v").format.r#type, Date);
        assert_eq!(values(&imported)[0], json!(expected));
    }
    // The type alone does not decide the order: nothing fits, and the lines are named.
    let choice = ColumnChoice {
        r#type: Some(Date),
        ..ColumnChoice::default()
    };
    let choices = ImportChoices {
        columns: [("v".to_owned(), choice)].into(),
        ..ImportChoices::default()
    };
    let imported = import_with(file(&["03/04/2024", "05/06/2024"]).as_bytes(), &choices);
    assert_eq!(imported.column("v").misfits.lines, [2, 3]);
    assert_eq!(imported.bad_lines(), [2, 3]);
}

#[test]
fn case_19_months_and_weeks_are_text() {
    check(&["2024-05"], Text, &[]);
    check(&["2024-W05"], Text, &[]);
    check(&["2024-Q1", "2024-05-W1"], Text, &[]);
}

#[test]
fn case_20_years_are_integers_without_groups() {
    let imported = check(&["2019", "2020"], Integer, &[]);
    assert_eq!(imported.json(), r#"[["ada",2019],["ada",2020]]"#);
    assert_eq!(imported.rows[0].1[1].to_text(), "2019");
}

#[test]
fn case_21_offsets_are_converted_to_utc() {
    let stamps = ["2024-05-01T10:00:00+02:00", "2024-05-01T10:00:00Z"];
    let imported = check(&stamps, Timestamp, &[]);
    assert_eq!(
        json!(values(&imported)),
        json!(["2024-05-01T08:00:00Z", "2024-05-01T10:00:00Z"])
    );
    let stamps = [
        "2024-05-01 10:00+02",
        "2024-05-01 23:30:00.25 -0100",
        "2024-05-01 10:00:00 UTC",
    ];
    let imported = check(&stamps, Timestamp, &[]);
    assert_eq!(values(&imported)[1], json!("2024-05-02T00:30:00.25Z"));
    let imported = check(&["2024-05-01T10:00:00", "2024-05-01 11:30"], Datetime, &[]);
    assert_eq!(values(&imported)[1], json!("2024-05-01T11:30:00"));
}

#[test]
fn case_22_stamps_with_and_without_offset_are_text() {
    let stamps = ["2024-05-01T10:00:00Z", "2024-05-01T10:00:00"];
    check(&stamps, Text, &[(MixedOffsets, &[3])]);
}

#[test]
fn case_23_times_of_day() {
    let imported = check(&["10:30", "11:00"], Time, &[]);
    assert_eq!(json!(values(&imported)), json!(["10:30:00", "11:00:00"]));
    check(&["9:05:59", "23:59:59.5"], Time, &[]);
}

#[test]
fn case_24_hour_24_is_not_a_time() {
    check(&["23:59", "24:00"], Text, &[]);
    check(&["23:59", "31:15"], Text, &[]);
    check(&["23:59:60"], Text, &[]);
    check(&["2024-05-01T24:00:00Z"], Text, &[]);
}

#[test]
fn case_25_numbers_that_could_be_dates_are_integers() {
    let imported = check(&["1714557600", "20240501"], Integer, &[]);
    assert_eq!(json!(values(&imported)), json!([1_714_557_600, 20_240_501]));
}

#[test]
fn case_26_all_rows_count() {
    let mut texts: Vec<String> = (1..=1500).map(|it| it.to_string()).collect();
    texts.push("n.a.x".to_owned());
    let all: Vec<&str> = texts.iter().map(|it| &**it).collect();
    check(&all, Text, &[(SomeDoNotFit, &[1502])]);
    let mut all = all;
    *all.last_mut().unwrap() = "1.5";
    check(&all, Number, &[]);
}

#[test]
fn case_27_headers_are_detected_and_can_be_switched() {
    let imported = import(b"1,2\n3,4\n");
    assert_eq!(imported.names(), ["column1", "column2"]);
    assert_eq!(imported.json(), "[[1,2],[3,4]]");
    let imported = import(b"alice,paris\nbob,rome\n");
    assert_eq!(imported.names(), ["alice", "paris"]);
    assert_eq!(imported.json(), r#"[["bob","rome"]]"#);
    let header = |header| ImportChoices {
        header: Some(header),
        ..ImportChoices::default()
    };
    let imported = import_with(b"alice,paris\nbob,rome\n", &header(false));
    assert_eq!(imported.rows.len(), 2);
    let imported = import_with(b"1,2\n3,4\n", &header(true));
    assert_eq!(imported.names(), ["1", "2"]);
    // Years above values are names.
    let imported = import(b"country,2019,2020\nFrance,5,6\n");
    assert_eq!(imported.names(), ["country", "2019", "2020"]);
    // A text above numbers is a name, also when the others could be values.
    assert_eq!(import(b"id,1st\n1,x\n2,y\n").names(), ["id", "1st"]);
}

#[test]
fn case_28_equal_names_become_unique() {
    let imported = import(b"a,a,a_1\n1,2,3\n");
    assert_eq!(imported.names(), ["a", "a_2", "a_1"]);
    assert_eq!(imported.json(), "[[1,2,3]]");
    assert!(imported.has_note(|it| matches!(it, Note::ColumnRenamed { to, .. } if to == "a_2")));
    assert_eq!(import(b"a,a,a_2\n1,2,3\n").names(), ["a", "a_3", "a_2"]);
}

#[test]
fn case_29_a_column_without_a_name_gets_its_number() {
    assert_eq!(import(b"a,,c\n1,2,3\n").names(), ["a", "column2", "c"]);
    assert_eq!(
        import(b"column2,,c\n1,2,3\n").names(),
        ["column2", "column2_2", "c"]
    );
}

#[test]
fn case_30_an_empty_extra_cell_is_dropped() {
    for file in [
        "a,b\n1,2,\n3,4,\n",
        "a,b,\n1,2,\n3,4,\n",
        "a,b\n1,2,,,\n3,4,,,\n",
    ] {
        let imported = import(file.as_bytes());
        assert_eq!(imported.names(), ["a", "b"], "{file}");
        assert_eq!(imported.json(), "[[1,2],[3,4]]", "{file}");
        assert!(imported.bad.is_empty(), "{file}");
        assert!(imported.has_note(|it| matches!(
            it,
            Note::EmptyCellsDropped(_) | Note::EmptyColumnDropped { number: 3 }
        )));
    }
    let notes = import(b"a,b,\n1,2,\n").schema.notes;
    assert_eq!(notes, [Note::EmptyColumnDropped { number: 3 }]);
    // With a value in one of them it is a column.
    assert_eq!(
        import(b"a,b,\n1,2,\n3,4,x\n").names(),
        ["a", "b", "column3"]
    );
}

#[test]
fn case_31_ragged_rows_are_kept_aside() {
    let imported = import(b"a,b\n1,2\n3\n4,5,6\n7,8\n");
    assert_eq!(imported.json(), "[[1,2],[7,8]]");
    assert_eq!(imported.bad_lines(), [3, 4]);
    assert_eq!(imported.bad[0].text, "3");
    assert_eq!(
        imported.bad[0].reason,
        "This row has 1 cell, and the table has 2 columns."
    );
    assert_eq!(imported.bad[1].text, "4,5,6");
}

#[test]
fn case_32_a_quote_inside_of_a_cell_is_literal() {
    let imported = import(b"a,b\n5\" pipe,1\n6\" pipe,2\n");
    assert_eq!(imported.json(), r#"[["5\" pipe",1],["6\" pipe",2]]"#);
    // A quote that is followed by text is not understood, and joins no rows.
    let imported = import(b"a,b\n\"5\" pipe,1\nx,2\n");
    assert_eq!(imported.bad_lines(), [2]);
    assert_eq!(imported.json(), r#"[["x",2]]"#);
}

#[test]
fn case_33_bad_rows_have_their_physical_line() {
    for line_break in ["\n", "\r\n", "\r"] {
        let text = "a,b\n\"x\ny\",1\n\n\nbad\n\"z\nz\",2\n3\n".replace('\n', line_break);
        let imported = import(text.as_bytes());
        assert_eq!(imported.bad_lines(), [6, 9], "{line_break:?}");
        assert_eq!(imported.lines(), [2, 7], "{line_break:?}");
        assert_eq!(imported.bad[0].text, "bad");
    }
    // The bad row itself, and blank lines before the header.
    assert_eq!(
        import(b"\r\n\r\na,b\r\n1,2\r\n\"x\r\ny\"\r\n3\r\n").bad_lines(),
        [5, 7]
    );
}

#[test]
fn case_34_an_unclosed_quote_names_its_line() {
    let error = fails(b"a,b\n1,2\nx,\"never\n3,4\n5,6\n");
    assert_eq!(error, FileError::UnclosedQuote { line: 3 });
    let error = fails(b"a,b\r\n\"x\r\ny\",\"never\r\n3,4\r\n");
    assert_eq!(error, FileError::UnclosedQuote { line: 3 });
    assert_eq!(fails(b"\"a,b\n1,2\n"), FileError::UnclosedQuote { line: 1 });
}

#[test]
fn case_35_backslash_escapes_are_read_and_said() {
    let file = br#"a,b
"say \"hi\", ok",1
"no",2
"#;
    let imported = import(file);
    assert_eq!(imported.json(), r#"[["say \"hi\", ok",1],["no",2]]"#);
    assert!(imported.has_note(|it| *it == Note::BackslashEscapes));
    let choices = ImportChoices {
        backslash_escapes: Some(false),
        ..ImportChoices::default()
    };
    assert_eq!(import_with(file, &choices).bad_lines(), [2]);
    // A backslash before a doubled quote is a backslash.
    let imported = import(b"a,b\n\"C:\\\"\"x\",1\n");
    assert_eq!(imported.json(), r#"[["C:\\\"x",1]]"#);
}

#[test]
fn case_35_comments_and_titles_are_skipped_and_said() {
    let imported = import(b"# note\n# more, of it\na,b\n1,2\n");
    assert_eq!(imported.json(), "[[1,2]]");
    assert!(imported.has_note(|it| matches!(it, Note::CommentSkipped { line: 2, .. })));
    let imported = import(b"Report of May\n\na,b\n1,2\n3\n");
    assert_eq!(imported.names(), ["a", "b"]);
    assert_eq!(imported.bad_lines(), [5]);
    assert!(imported.has_note(
        |it| matches!(it, Note::TitleSkipped { line: 1, text } if text == "Report of May")
    ));
    let imported = import(b"Report of May,,\na,b,c\n1,2,3\n");
    assert_eq!(imported.names(), ["a", "b", "c"]);
    // A header that begins with the sign, and a row that does.
    let imported = import(b"#id,name\n1,a\n");
    assert_eq!(imported.names(), ["#id", "name"]);
    let imported = import(b"# note\na,b\n#1,2\n# between\n3,4\n");
    assert_eq!(imported.json(), r##"[["#1",2],["3",4]]"##);
    assert!(
        imported.has_note(|it| matches!(it, Note::CommentsSkipped(lines) if lines.lines == [4]))
    );
    // Nothing is skipped without being asked for in a file without comments at its beginning.
    assert_eq!(import(b"a,b\n1,2\n# between\n3,4\n").bad_lines(), [3]);
}

#[test]
fn case_36_a_separator_line_is_obeyed() {
    for (file, delimiter) in [
        ("sep=;\na;b\n1;2\n", ";"),
        ("sep=,\r\na,b\r\n1,2\r\n", ","),
        ("SEP=\t\na\tb\n1\t2\n", "\t"),
        ("sep=^\na^b\n1^2\n", "^"),
        ("\u{feff}sep=;\na;b\n1;2\n", ";"),
    ] {
        let imported = import(file.as_bytes());
        assert_eq!(imported.names(), ["a", "b"], "{file}");
        assert_eq!(imported.json(), "[[1,2]]", "{file}");
        assert_eq!(imported.lines(), [3]);
        let expected = Delimiter::parse(delimiter).unwrap();
        assert!(imported.has_note(
            |it| matches!(it, Note::SeparatorLine { line: 1, delimiter } if *delimiter == expected)
        ));
    }
}

#[test]
fn case_37_delimiters_are_detected() {
    for delimiter in [",", ";", "\t", "|"] {
        let file = "name,n\nada,1\n".replace(',', delimiter);
        assert_eq!(
            import(file.as_bytes()).json(),
            r#"[["ada",1]]"#,
            "{delimiter:?}"
        );
        let file = "1,2\n3,4\n".replace(',', delimiter);
        assert_eq!(
            import(file.as_bytes()).json(),
            "[[1,2],[3,4]]",
            "{delimiter:?}"
        );
    }
    assert_eq!(import(b"name\nada\nbob\n").json(), r#"[["ada"],["bob"]]"#);
    assert_eq!(import(b"name\nname\n").names(), ["name"]);
    let imported = import(b"name\nLovelace, Ada\nCurie, Marie\n");
    assert_eq!(imported.json(), r#"[["Lovelace, Ada"],["Curie, Marie"]]"#);
    assert_eq!(import(b"name").names(), ["name"]);
    // Blanks after the delimiter, and a quote after them.
    assert_eq!(
        import(b"a, b\n1, \"x, y\"\n2, \"z\"\n").json(),
        r#"[[1,"x, y"],[2,"z"]]"#
    );
    let choices = ImportChoices {
        delimiter: Some(Delimiter::NONE),
        ..ImportChoices::default()
    };
    assert_eq!(import_with(b"a,b\n1,2\n", &choices).json(), r#"[["1,2"]]"#);
}

#[test]
fn case_38_blank_lines_are_skipped() {
    let imported = import(b"\na,b\n\n1,2\n\r\n   \n3,4\n\n");
    assert_eq!(imported.json(), "[[1,2],[3,4]]");
    assert_eq!(imported.lines(), [4, 7]);
    // A row of empty cells is not blank.
    assert_eq!(import(b"a,b\n1,2\n,\n").json(), "[[1,2],[null,null]]");
}

#[test]
fn case_39_lists_and_json_lines_are_found() {
    let imported = import(br#"{"meta": {"n": 1}, "data": [{"a": 1}, {"a": 2}]}"#);
    assert_eq!(imported.json(), "[[1],[2]]");
    assert!(
        imported.has_note(|it| matches!(it, Note::ListChosen { path } if path[..] == ["data"]))
    );
    let imported =
        import(b"{\n \"result\": {\"items\":\n [\n{\"a\": 1},\n{\"a\": \"x\"}\n]},\n \"n\": 1}\n");
    assert_eq!(imported.lines(), [4, 5]);
    let imported = import(b"{\"a\":1}\n{\"a\":2}\n");
    assert_eq!(imported.detection.source, Source::JsonLines);
    assert_eq!(imported.json(), "[[1],[2]]");
    assert_eq!(import(b"{\"a\":1}").json(), "[[1]]");
    assert_eq!(fails(b"{\n\"a\":1,\n\"b\":[1,2]\n}"), FileError::NoList);
    // Brackets alone do not make a file JSON.
    assert_eq!(import(b"[id],{name}\n1,Ada\n").names(), ["[id]", "{name}"]);
    assert_eq!(import(b"[1,2]").bad_lines(), [1, 1]);
    let choices = ImportChoices {
        delimiter: Some(Delimiter::COMMA),
        ..ImportChoices::default()
    };
    assert_eq!(
        import_with(b"[1,2]\n[3,4]\n", &choices).json(),
        r#"[["[3","4]"]]"#
    );
    // Of several lists, one can be chosen.
    let file = br#"{"one": [{"a": 1}], "two": [{"b": 2}]}"#;
    assert_eq!(import(file).detection.lists.len(), 2);
    let choices = ImportChoices {
        list: Some(vec!["two".to_owned()]),
        ..ImportChoices::default()
    };
    assert_eq!(import_with(file, &choices).names(), ["b"]);
}

#[test]
fn case_40_a_key_that_appears_late_is_a_column() {
    for (open, between, close) in [("[", ",\n", "]"), ("", "\n", "\n")] {
        let mut rows = vec!["{\"a\":1}"; 1500];
        rows.push("{\"a\":2,\"late\":3}");
        let imported = import(format!("{open}{}{close}", rows.join(between)).as_bytes());
        assert_eq!(imported.names(), ["a", "late"]);
        assert_eq!(imported.column("late").nulls, 1500);
        assert_eq!(imported.rows[0].1[1], Value::Null);
        assert_eq!(
            imported.rows[1500],
            (1501, vec![Value::Integer(2), Value::Integer(3)])
        );
    }
}

#[test]
fn case_41_numbers_in_json_stay_exact() {
    let imported = import(br#"[{"a":1.0,"b":-0,"c":12345678901234567890123,"d":0.5}]"#);
    let types: Vec<ColumnType> = imported
        .schema
        .columns
        .iter()
        .map(|it| it.format.r#type)
        .collect();
    assert_eq!(types, [Number, Integer, Numeric, Number]);
    assert_eq!(
        imported.json(),
        r#"[[1.0,0,"12345678901234567890123",0.5]]"#
    );
    assert_eq!(import(br#"[{"a":-0.0},{"a":0e5}]"#).json(), "[[0.0],[0.0]]");
}

#[test]
fn case_42_json_that_loses_data_is_a_bad_row() {
    let imported = import(b"[{\"a\":1},\n{\"a\":1e400},\n{\"a\":1,\"a\":2},\n{\"a\":3}]");
    assert_eq!(imported.json(), "[[1],[3]]");
    assert_eq!(imported.bad_lines(), [2, 3]);
    assert_eq!(
        imported.bad[0].reason,
        "The number 1e400 in column “a” is out of range."
    );
    assert_eq!(
        imported.bad[1].reason,
        "The key “a” appears more than once."
    );
    assert_eq!(imported.bad[1].text, "{\"a\":1,\"a\":2}");
    // The same for other rows that are not understood; those after them are.
    let imported =
        import(b"{\"a\":1}\n{\"a\":}\n[1]\n{\"a\":\"\\ud800\"}\n{\"a\":\"\\u0000\"}\n{\"a\":2}\n");
    assert_eq!(imported.bad_lines(), [2, 3, 4, 5]);
    assert_eq!(imported.json(), "[[1],[2]]");
}

#[test]
fn hints_are_sentences_that_name_lines() {
    for (values, message) in [
        (
            &["1", "NA", "3"][..],
            "All values are integers if these words mean that there is none: NA (line 3).",
        ),
        (
            &["1", "NaN"],
            "All values are integers, except for 1 value like NaN or infinity (line 3).",
        ),
        (
            &["$5", "$6"],
            "2 values could be numbers without their groups, currency or unit (lines 2, 3).",
        ),
        (
            &["03/04/2024"],
            "All values are dates if the order is day, month, year (line 2).",
        ),
        (
            &["2024-02-28", "2024-02-30"],
            "All values are dates, except for 1 value (line 3).",
        ),
        (
            &["2024-05-01T10:00:00Z", "2024-05-01T10:00:00"],
            "All values have an offset from UTC, except for 1 value (line 3).",
        ),
    ] {
        let imported = import(file(values).as_bytes());
        assert_eq!(imported.column("v").hints[0].message(), message);
    }
}

#[test]
fn values_that_begin_like_formulas_are_exported_unchanged() {
    let text = |it: &str| Value::Text(it.to_owned());
    let row = [text("=1+1"), text("+5"), Value::Integer(-5), text("@sum")];
    let mut file = csv_header(["a", "b", "c", "d"]);
    csv_row(&mut file, &row);
    assert_eq!(file, "a,b,c,d\n=1+1,+5,-5,@sum\n");
    assert_eq!(import(file.as_bytes()).rows[0].1, row);
}
