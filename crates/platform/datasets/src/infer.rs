//! Infers the type of each column from all rows.

use serde::{Deserialize, Serialize};

use crate::classify::{
    AFFIXES, ANY_ORDER, Class, NULL_WORDS, Notation, ORDERS, classify, fits, number_size,
};
use crate::column::{Column, ColumnFormat, Hint, HintKind};
use crate::names::unique_names;
use crate::number::Size;
use crate::record::{Cell, CellKind, Lines, Row};
use crate::source::{Dialect, Note, Source};
use crate::stamp::StampKind;
use prox_types::{ColumnType, DateOrder, Delimiter, ImportChoices};

/// What was seen in the rows so far. Serializable, and mergeable: rows may be observed in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inference {
    rows: u64,
    /// Words that are null in all columns.
    null_words: Vec<String>,
    columns: Vec<Seen>,
}

/// The classes of one column's cells, each with its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen(Vec<(Class, Lines)>);

impl Seen {
    fn of(&mut self, class: Class) -> &mut Lines {
        let at = match self.0.binary_search_by(|(it, _)| it.cmp(&class)) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (class, Lines::default()));
                at
            }
        };
        // The index is the one of the search.
        #[allow(clippy::indexing_slicing, reason = "found or inserted above")]
        &mut self.0[at].1
    }

    fn count(&self, mut wanted: impl FnMut(Class) -> bool) -> u64 {
        let classes = self.0.iter().filter(|(class, _)| wanted(*class));
        classes.map(|(_, lines)| lines.count).sum()
    }

    fn lines(&self, mut wanted: impl FnMut(Class) -> bool) -> Lines {
        let mut lines = Lines::default();
        for (_, some) in self.0.iter().filter(|(class, _)| wanted(*class)) {
            lines.merge(some);
        }
        lines
    }

    fn has(&self, mut wanted: impl FnMut(Class) -> bool) -> bool {
        self.0.iter().any(|(class, _)| wanted(*class))
    }
}

/// The columns of a file, and what a person should know about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The columns in the order of the file.
    pub columns: Vec<Column>,
    /// Columns that are renamed or left out.
    pub notes: Vec<Note>,
}

impl Inference {
    /// Nothing seen yet. Of the choices, the null words of all columns count here.
    #[must_use]
    pub fn new(choices: &ImportChoices) -> Self {
        Self {
            null_words: choices.null_words.clone(),
            ..Self::default()
        }
    }

    /// Takes a row into account.
    pub fn observe(&mut self, row: &Row<'_>) {
        self.rows += 1;
        if self.columns.len() < row.spans.len() {
            self.columns.resize_with(row.spans.len(), Seen::default);
        }
        for (seen, cell) in self.columns.iter_mut().zip(row.cells()) {
            if is_null_word(&self.null_words, &cell) {
                continue;
            }
            if let Some(class) = classify(&cell) {
                seen.of(class).add(row.line);
            }
        }
    }

    /// Takes everything into account that another inference of the same file has seen.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        if self.columns.len() < other.columns.len() {
            self.columns.resize_with(other.columns.len(), Seen::default);
        }
        for (seen, more) in self.columns.iter_mut().zip(&other.columns) {
            for (class, lines) in &more.0 {
                seen.of(*class).merge(lines);
            }
        }
    }

    /// How many rows were observed.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The columns of the table. `headers` are those of the [`Reader`](crate::Reader) after the
    /// last row. Choices override what is inferred, and change neither rows nor names.
    #[must_use]
    pub fn schema(&self, source: &Source, headers: &[String], choices: &ImportChoices) -> Schema {
        let (names, mut notes) = unique_names(headers);
        let none = Seen::default();
        let mut kept = headers.len();
        let csv = matches!(source, Source::Csv(_));
        while csv
            && kept > 1
            && headers.get(kept - 1).is_some_and(String::is_empty)
            && self.columns.get(kept - 1).unwrap_or(&none).0.is_empty()
        {
            let name = names.get(kept - 1);
            notes.retain(|it| !matches!(it, Note::ColumnRenamed { to, .. } if Some(to) == name));
            notes.push(Note::EmptyColumnDropped { number: kept });
            kept -= 1;
        }
        if let Source::Csv(Dialect { header: false, .. }) = source {
            notes.retain(|it| !matches!(it, Note::ColumnRenamed { .. }));
        }
        let semicolons = matches!(
            source,
            Source::Csv(Dialect { delimiter, .. }) if *delimiter == Delimiter::SEMICOLON
        );
        let columns = names.into_iter().zip(headers).enumerate().take(kept);
        let columns = columns.map(|(index, (name, header))| {
            let seen = self.columns.get(index).unwrap_or(&none);
            let (format, hints) = decide(seen, &name, choices, semicolons);
            let is_null = |class| is_null(class, &format);
            let misfit = |class| !is_null(class) && !fits(class, &format);
            Column {
                nulls: self.rows.saturating_sub(seen.count(|it| !is_null(it))),
                misfits: seen.lines(misfit),
                header: header.clone(),
                name,
                index,
                hints,
                format,
            }
        });
        Schema {
            columns: columns.collect(),
            notes,
        }
    }
}

fn is_null_word(words: &[String], cell: &Cell<'_>) -> bool {
    if words.is_empty() || !matches!(cell.kind, CellKind::Plain | CellKind::String) {
        return false;
    }
    let text = cell.text.trim_ascii();
    words
        .iter()
        .any(|it| it.trim_ascii().eq_ignore_ascii_case(text))
}

/// Whether values of this class are null in a column of this format.
fn is_null(class: Class, format: &ColumnFormat) -> bool {
    match class {
        Class::EmptyText => format.r#type != ColumnType::Text,
        Class::NullWord(index) => {
            let word = NULL_WORDS.get(usize::from(index)).unwrap_or(&"");
            let mut words = format.null_words.iter();
            words.any(|it| it.trim_ascii().eq_ignore_ascii_case(word))
        }
        _ => false,
    }
}

/// The format of a column, inferred or chosen, and what else it could be.
fn decide(
    seen: &Seen,
    name: &str,
    choices: &ImportChoices,
    semicolons: bool,
) -> (ColumnFormat, Vec<Hint>) {
    let all = ColumnFormat {
        date_order: choices.date_order,
        decimal_comma: choices.decimal_comma == Some(true),
        null_words: choices.null_words.clone(),
        ..ColumnFormat::default()
    };
    let chosen = choices.columns.get(name);
    let mut base = all;
    if let Some(chosen) = chosen {
        base.date_order = chosen.date_order.or(base.date_order);
        base.decimal_comma = chosen.decimal_comma.unwrap_or(base.decimal_comma);
        base.grouping = chosen.grouping.unwrap_or(base.grouping);
        base.affix.clone_from(&chosen.affix);
        if let Some(words) = &chosen.null_words {
            base.null_words.clone_from(words);
        }
    }
    // With semicolons between cells, 1.234 may be 1234: it is asked unless somebody chose.
    let undecided =
        choices.decimal_comma.is_none() && chosen.is_none_or(|it| it.decimal_comma.is_none());
    let ask_groups = semicolons
        && undecided
        && seen.has(|it| matches!(it, Class::Number(Notation::PointOrGroup, _)))
        && !seen.has(|it| matches!(it, Class::Number(Notation::Point, _)));
    let inferred = automatic(seen, &base).filter(|it| !(ask_groups && is_number(it.r#type)));
    let hints = match &inferred {
        Some(_) => Vec::new(),
        None => hints(seen, &base),
    };
    let format = match chosen.and_then(|it| it.r#type) {
        None => inferred.unwrap_or(base),
        Some(wanted) => {
            // The options of what is inferred or offered with this type, unless chosen.
            let options = inferred.filter(|it| it.r#type == wanted);
            let offered = || {
                let family =
                    |it: ColumnType| (is_number(it), if is_number(it) { None } else { Some(it) });
                let mut offers = hints.iter().map(|it| &it.offer);
                let offer = offers.find(|it| family(it.r#type) == family(wanted))?;
                // Of two, one has to be chosen.
                let single = offers.all(|it| family(it.r#type) != family(wanted));
                single.then(|| offer.clone())
            };
            let mut format = options.or_else(offered).unwrap_or_else(|| base.clone());
            format.r#type = wanted;
            if let Some(chosen) = chosen {
                format.date_order = chosen.date_order.or(format.date_order);
                format.decimal_comma = chosen.decimal_comma.unwrap_or(format.decimal_comma);
                format.grouping = chosen.grouping.unwrap_or(format.grouping);
                format.affix = chosen.affix.clone().or(format.affix);
                if let Some(words) = &chosen.null_words {
                    format.null_words.clone_from(words);
                }
            }
            format
        }
    };
    (format, hints)
}

fn is_number(r#type: ColumnType) -> bool {
    matches!(
        r#type,
        ColumnType::Integer | ColumnType::Numeric | ColumnType::Number
    )
}

/// The type that holds all numbers of these sizes.
fn number_type(sizes: impl Iterator<Item = Size>) -> ColumnType {
    let (mut long, mut exact, mut double) = (false, false, false);
    for size in sizes {
        match size {
            Size::Safe | Size::Refused => {}
            Size::Long => long = true,
            Size::Huge | Size::Exact => exact = true,
            Size::Double => double = true,
        }
    }
    if exact || (long && double) {
        ColumnType::Numeric
    } else if double {
        ColumnType::Number
    } else {
        ColumnType::Integer
    }
}

fn stamp_type(kind: StampKind) -> ColumnType {
    match kind {
        StampKind::Date => ColumnType::Date,
        StampKind::Datetime => ColumnType::Datetime,
        StampKind::Timestamp => ColumnType::Timestamp,
    }
}

/// The format that all values fit without a question; `None` for text.
fn automatic(seen: &Seen, base: &ColumnFormat) -> Option<ColumnFormat> {
    let of = |r#type| ColumnFormat {
        r#type,
        ..base.clone()
    };
    let typed = ColumnFormat {
        r#type: ColumnType::Numeric,
        ..base.clone()
    };
    let classes: Vec<Class> = seen.0.iter().map(|(class, _)| *class).collect();
    let mut values = classes
        .into_iter()
        .filter(|it| !is_null(*it, &typed))
        .peekable();
    values.peek()?;
    let classes: Vec<Class> = values.collect();
    let all = |wanted: &dyn Fn(Class) -> bool| classes.iter().all(|it| wanted(*it));
    if all(&|it| it == Class::Boolean) {
        return Some(of(ColumnType::Boolean));
    }
    if all(&|it| it == Class::Time) {
        return Some(of(ColumnType::Time));
    }
    let quoted = |it: Class| matches!(it, Class::QuotedNumber(..) | Class::QuotedBoolean);
    if all(&|it| !quoted(it) && number_size(it, base).is_some()) {
        let sizes = classes.iter().filter_map(|it| number_size(*it, base));
        return Some(of(number_type(sizes)));
    }
    for kind in [StampKind::Date, StampKind::Datetime, StampKind::Timestamp] {
        let mut common = ANY_ORDER;
        let mut short = false;
        let stamps = all(&|it| matches!(it, Class::Stamp { kind: other, .. } if other == kind));
        for class in &classes {
            if let Class::Stamp {
                orders, short_year, ..
            } = class
            {
                common &= orders;
                short |= short_year;
            }
        }
        if !stamps {
            continue;
        }
        let mut format = of(stamp_type(kind));
        if all(&|it| fits(it, &format)) {
            return Some(format);
        }
        if base.date_order.is_none() && !short {
            format.date_order = match common {
                1 => Some(DateOrder::DayMonthYear),
                2 => Some(DateOrder::MonthDayYear),
                _ => return None,
            };
            return Some(format);
        }
    }
    None
}

/// A format that a column could have, and how to tell why it has not.
struct Candidate {
    format: ColumnFormat,
    /// The format without what makes it only an offer.
    plain: ColumnFormat,
    kind: HintKind,
    fit: u64,
    misfits: u64,
    /// Misfits that look like the type, or like no value.
    near: u64,
}

fn hints(seen: &Seen, base: &ColumnFormat) -> Vec<Hint> {
    let mut words = base.null_words.clone();
    for (class, _) in &seen.0 {
        if let Class::NullWord(index) = class
            && !is_null(*class, base)
        {
            let word = NULL_WORDS.get(usize::from(*index)).unwrap_or(&"");
            words.push((*word).to_owned());
        }
    }
    let offered = ColumnFormat {
        null_words: words,
        ..base.clone()
    };
    let candidates = candidates(seen, &offered);
    let best = candidates.iter().map(|it| it.fit).max().unwrap_or(0);
    let mut hints: Vec<Hint> = Vec::new();
    let mut plain_numbers = false;
    for candidate in candidates {
        let far = candidate.misfits - candidate.near;
        if candidate.fit == 0 || candidate.fit < best || far * 4 > candidate.fit {
            continue;
        }
        let plain = candidate.kind == HintKind::SomeDoNotFit;
        let has_words = offered.null_words.len() > base.null_words.len();
        if plain && candidate.misfits == 0 && !has_words {
            // It fits, but is not taken: quoted numbers in JSON, or groups that are in question.
            continue;
        }
        if is_number(candidate.format.r#type) {
            if plain_numbers {
                continue;
            }
            plain_numbers = plain;
        }
        hints.push(hint(seen, base, candidate));
    }
    hints
}

fn hint(seen: &Seen, base: &ColumnFormat, candidate: Candidate) -> Hint {
    let Candidate {
        format,
        plain,
        kind,
        misfits,
        ..
    } = candidate;
    let becomes_null = |it| is_null(it, &format) && !is_null(it, base);
    let misfit = |it| !is_null(it, &format) && !fits(it, &format);
    let has_words = seen.has(|it| matches!(it, Class::NullWord(_)) && becomes_null(it));
    let special = kind != HintKind::SomeDoNotFit;
    let kind = if misfits == 0 && has_words && !special {
        HintKind::NullWords
    } else if misfits > 0 && seen.has(|it| it == Class::NonFinite) && !special {
        HintKind::NonFinite
    } else if format.r#type == ColumnType::Timestamp
        && seen.has(|it| {
            matches!(
                it,
                Class::Stamp {
                    kind: StampKind::Datetime,
                    ..
                }
            )
        })
    {
        HintKind::MixedOffsets
    } else if kind == HintKind::DateOrder && misfits > 0 {
        HintKind::SomeDoNotFit
    } else {
        kind
    };
    let word = |it| matches!(it, Class::NullWord(_)) && becomes_null(it);
    let mut lines = seen.lines(|it| misfit(it) || word(it));
    if special && misfits == 0 {
        lines = seen.lines(|it| word(it) || (fits(it, &format) && !fits(it, &plain)));
    }
    Hint {
        kind,
        offer: format,
        lines,
        misfits,
    }
}

/// The formats that some values fit, the simplest first.
fn candidates(seen: &Seen, base: &ColumnFormat) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut add = |format: ColumnFormat, plain: ColumnFormat, kind: HintKind| {
        let value = |it| !is_null(it, &format);
        let misfit = |it: Class| value(it) && !fits(it, &format);
        candidates.push(Candidate {
            fit: seen.count(|it| value(it) && fits(it, &format)),
            misfits: seen.count(misfit),
            near: seen.count(|it| misfit(it) && is_near(it, format.r#type)),
            format,
            plain,
            kind,
        });
    };
    let of = |r#type| ColumnFormat {
        r#type,
        ..base.clone()
    };
    if !seen.has(|it| it == Class::Code) {
        for (format, kind) in number_formats(seen, base) {
            let sizes = seen
                .0
                .iter()
                .filter_map(|(it, _)| number_size(*it, &format));
            let r#type = number_type(sizes);
            let format = ColumnFormat { r#type, ..format };
            let plain = ColumnFormat {
                r#type: ColumnType::Numeric,
                ..ColumnFormat::default()
            };
            add(format, plain, kind);
        }
    }
    for r#type in [ColumnType::Boolean, ColumnType::Time] {
        add(of(r#type), of(r#type), HintKind::SomeDoNotFit);
    }
    for kind in [StampKind::Date, StampKind::Datetime, StampKind::Timestamp] {
        let plain = ColumnFormat {
            date_order: None,
            ..of(stamp_type(kind))
        };
        let has = |bit: u8| {
            seen.has(|it| {
                matches!(it, Class::Stamp { kind: other, orders, short_year }
                    if other == kind && orders & bit != 0 && (orders != ANY_ORDER || short_year))
            })
        };
        let mut any = false;
        for (bit, order) in ORDERS {
            if has(bit) {
                any = true;
                let format = ColumnFormat {
                    date_order: Some(order),
                    ..plain.clone()
                };
                add(format, plain.clone(), HintKind::DateOrder);
            }
        }
        if !any {
            add(plain.clone(), plain, HintKind::SomeDoNotFit);
        }
    }
    candidates
}

/// The notations in which values are numbers, the simplest first.
fn number_formats(seen: &Seen, base: &ColumnFormat) -> Vec<(ColumnFormat, HintKind)> {
    let mut formats = vec![(base.clone(), HintKind::SomeDoNotFit)];
    let mut notations = |affix: Option<&str>| {
        let has = |wanted: &[Notation]| {
            seen.has(|it| match (it, affix) {
                (Class::Number(notation, _) | Class::QuotedNumber(notation, _), None) => {
                    wanted.contains(&notation)
                }
                (Class::Affixed(index, notation, _), Some(affix)) => {
                    AFFIXES.get(usize::from(index)) == Some(&affix) && wanted.contains(&notation)
                }
                _ => false,
            })
        };
        let groups = has(&[
            Notation::Grouped,
            Notation::GroupedEither,
            Notation::CommaOrGroup,
        ]);
        let commas = has(&[
            Notation::Comma,
            Notation::CommaOrGroup,
            Notation::PointOrGroup,
        ]);
        for (decimal_comma, grouping, kind, wanted) in [
            (
                false,
                groups,
                HintKind::FormattedNumbers,
                groups || affix.is_some(),
            ),
            (true, groups, HintKind::DecimalComma, commas),
        ] {
            if wanted {
                let format = ColumnFormat {
                    decimal_comma,
                    grouping,
                    affix: affix.map(str::to_owned),
                    ..base.clone()
                };
                formats.push((format, kind));
            }
        }
    };
    notations(None);
    for affix in AFFIXES {
        notations(Some(affix));
    }
    formats
}

/// Whether a value that does not fit a type looks like it, so that the type is offered.
fn is_near(class: Class, r#type: ColumnType) -> bool {
    match class {
        Class::NonFinite => is_number(r#type),
        Class::Stamp { .. } => matches!(
            (class, r#type),
            (
                Class::Stamp {
                    kind: StampKind::Date,
                    ..
                },
                ColumnType::Date
            ) | (
                Class::Stamp {
                    kind: StampKind::Datetime,
                    ..
                },
                ColumnType::Datetime | ColumnType::Timestamp
            ) | (
                Class::Stamp {
                    kind: StampKind::Timestamp,
                    ..
                },
                ColumnType::Timestamp
            )
        ),
        _ => false,
    }
}
