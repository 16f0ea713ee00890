//! Parses YAML to a tree whose nodes know their position. Resolves anchors, aliases and merge keys,
//! and enforces limits against hostile files. Keys are checked elsewhere.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::problem::{self, Problem, Problems};
use super::source::Source;

/// The maximum depth of nested collections.
pub(super) const MAX_DEPTH: usize = 32;
/// The maximum size after all aliases are resolved: nodes plus bytes of their texts.
const MAX_WEIGHT: usize = 4_000_000;

/// A value with its position in bytes.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Whether it is written without quotes, so that `true`, `3000` and the empty text can have
    /// other types.
    pub(super) plain: bool,
}

/// A key with its value. The keys of a mapping are unique.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: Node,
}

impl Node {
    /// The value of a key. None when the key is missing or this is not a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.value)
    }

    /// The entries of a mapping; empty when this is not a mapping.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; empty when this is not a list.
    pub(super) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Whether this is empty, `~` or `null`.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(Scalar { text, plain: true })
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    fn weight(&self) -> usize {
        1 + match &self.value {
            Value::Scalar(scalar) => scalar.text.len(),
            Value::List(items) => items.iter().map(Node::weight).sum(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| entry.key.len() + entry.value.weight())
                .sum(),
        }
    }
}

/// The maximum number of bytes that are parsed again because of lines with too little indentation.
const MAX_READ_AGAIN: usize = 16_000_000;

/// Parses the only document of a text. None when it is empty or not YAML. Mistakes are added to
/// `problems`; parsing ends at the first syntax error.
///
/// Lines within brackets, the line with the closing bracket, and lines within quotes may have any
/// indentation. YAML 1.2 forbids that, but most parsers accept it. The parser of this crate does
/// not, so such lines are padded, and the text is parsed again. Leading spaces of a line are not
/// part of a quoted text.
pub(super) fn parse(source: &Arc<Source>, problems: &mut Problems) -> Option<Node> {
    if let Some(problem) = control_character(source) {
        problems.add(problem);
        return None;
    }
    let mut padded = Padded::new(&source.text);
    let mut left = MAX_READ_AGAIN;
    loop {
        let mut own = Problems::default();
        let mut tree = Tree::new(source, &padded, &mut own);
        let result = tree.read(&padded.text);
        let root = tree.root.take();
        if let Err(Fault::Syntax(error)) = &result
            && let Some(rest) = left.checked_sub(padded.text.len())
            && padded.mend(error.info(), error.marker().index())
        {
            left = rest;
            continue;
        }
        let fault = result.err().map(|fault| match fault {
            Fault::Syntax(error) => syntax(source, &padded, &error),
            Fault::Other(problem) => *problem,
        });
        problems.extend(own);
        return match fault {
            None => root,
            Some(problem) => {
                problems.add(problem);
                None
            }
        };
    }
}

/// The parser's error messages for a line within brackets with too little indentation.
const INDENTATION_ERRORS: [&str; 2] = [
    "invalid indentation",
    "invalid indentation in flow construct",
];
/// The error of a line within quotes. Its position is the start of the quoted text.
const QUOTED_INDENTATION_ERROR: &str = "invalid indentation in quoted scalar";

/// A text in which some lines have additional leading spaces, so that the parser accepts them.
struct Padded {
    text: String,
    /// The start of each padding in `text`, in characters.
    pads: Vec<usize>,
    /// The number of spaces of each padding.
    width: usize,
}

impl Padded {
    fn new(text: &str) -> Self {
        let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let widest = text.lines().map(indentation).max().unwrap_or_default();
        Self {
            text: text.to_owned(),
            pads: Vec::new(),
            // More than the indentation of any surrounding block.
            width: widest + 2,
        }
    }

    /// Pads the lines that cause an error at a character. Returns false when the error has another
    /// cause, or all lines are padded already.
    fn mend(&mut self, error: &str, character: usize) -> bool {
        if INDENTATION_ERRORS.contains(&error) {
            self.pad(&[self.line_start(character)])
        } else if error == QUOTED_INDENTATION_ERROR {
            let lines = self.lines_of_quoted(character);
            self.pad(&lines)
        } else {
            false
        }
    }

    /// The start of the line of a character, in characters.
    fn line_start(&self, character: usize) -> usize {
        let before = self.text.chars().take(character).enumerate();
        let newline = before.filter(|(_, c)| *c == '\n').last();
        newline.map_or(0, |(at, _)| at + 1)
    }

    /// The starts of the lines that continue the quoted text at a character.
    fn lines_of_quoted(&self, character: usize) -> Vec<usize> {
        let mut lines = Vec::new();
        let mut rest = self.text.chars().enumerate().skip(character).peekable();
        let Some((_, quote)) = rest.next() else {
            return lines;
        };
        let mut escaped = false;
        while let Some((at, c)) = rest.next() {
            let begins = escaped;
            escaped = false;
            match c {
                '\n' => lines.push(at + 1),
                _ if begins => {}
                '\\' if quote == '"' => escaped = true,
                '\'' if quote == '\'' && rest.peek().is_some_and(|(_, next)| *next == '\'') => {
                    escaped = true;
                }
                c if c == quote => break,
                _ => {}
            }
        }
        lines
    }

    /// Pads the lines that start at these characters, in ascending order. Returns false when all
    /// are padded already.
    fn pad(&mut self, lines: &[usize]) -> bool {
        let new: Vec<_> = lines
            .iter()
            .filter(|line| self.pads.binary_search(line).is_err())
            .copied()
            .collect();
        if new.is_empty() {
            return false;
        }
        let shifted = |at: usize| at + new.partition_point(|line| *line < at) * self.width;
        let mut pads: Vec<_> = self
            .pads
            .iter()
            .chain(&new)
            .map(|at| shifted(*at))
            .collect();
        pads.sort_unstable();
        let mut text = String::with_capacity(self.text.len() + new.len() * self.width);
        let mut next = new.iter().peekable();
        for (at, c) in self.text.chars().enumerate() {
            if next.next_if(|line| **line == at).is_some() {
                text.extend(std::iter::repeat_n(' ', self.width));
            }
            text.push(c);
        }
        if next.next().is_some() {
            text.extend(std::iter::repeat_n(' ', self.width));
        }
        self.text = text;
        self.pads = pads;
        true
    }

    /// The index in the original text of a character of the padded text.
    fn original(&self, character: usize) -> usize {
        let before = self.pads.partition_point(|pad| *pad <= character);
        let Some(last) = before.checked_sub(1).and_then(|at| self.pads.get(at)) else {
            return character;
        };
        let within = (character - last).min(self.width);
        character - (before - 1) * self.width - within
    }
}

/// The first control character, which YAML does not allow and which would not be safe to show.
fn control_character(source: &Arc<Source>) -> Option<Problem> {
    let allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    let (at, found) = source.text.char_indices().find(|(_, c)| !allowed(*c))?;
    let what = match found {
        '\0' => "a NUL character".to_owned(),
        other => format!("the control character U+{:04X}", u32::from(other)),
    };
    Some(
        problem::at(
            source,
            at..at + found.len_utf8(),
            format!("there is {what} here, so this is not YAML"),
        )
        .with_help("save the file as plain UTF-8 text"),
    )
}

fn syntax(source: &Arc<Source>, padded: &Padded, error: &saphyr_parser::ScanError) -> Problem {
    let at = Offsets::new(&source.text, padded).byte(error.marker().index());
    let line = source.line_of(at);
    let text = source.text.get(line.clone()).unwrap_or_default();
    let found = problem::at(
        source,
        at..(at + 1).min(line.end).max(at),
        format!("this is not YAML: {}", error.info()),
    );
    let indentation = text.len() - text.trim_start_matches([' ', '\t']).len();
    if text.get(..indentation).is_some_and(|s| s.contains('\t')) {
        return found.with_help("indent with spaces; YAML takes no tabs there");
    }
    let begins = source.text.get(at..).and_then(|text| text.chars().next());
    match begins {
        Some(sign @ ('*' | '@' | '`' | '%')) => {
            found.with_help(format!("a text that begins with {sign:?} needs quotes"))
        }
        _ if text.contains(": ") => found.with_help(
            "a text needs quotes around all of it when it begins with `[`, `{` or a quote, or \
             has `: ` in it",
        ),
        _ => found,
    }
}

/// Converts the parser's character positions to bytes of the original text.
struct Offsets<'a> {
    padded: &'a Padded,
    /// The byte of each character; empty when the text is ASCII.
    bytes: Vec<usize>,
    end: usize,
}

impl<'a> Offsets<'a> {
    fn new(text: &str, padded: &'a Padded) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| at).collect()
        };
        Self {
            padded,
            bytes,
            end: text.len(),
        }
    }

    fn byte(&self, character: usize) -> usize {
        let character = self.padded.original(character);
        if self.bytes.is_empty() {
            return character.min(self.end);
        }
        self.bytes.get(character).copied().unwrap_or(self.end)
    }

    fn range(&self, span: saphyr_parser::Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

/// A collection that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        /// The index of each key in `entries`.
        known: HashMap<String, usize>,
        /// The values of `<<`, which are added after all other keys.
        merged: Vec<Node>,
        key: Option<Key>,
    },
}

/// A key that has no value yet.
struct Key {
    name: String,
    span: Range<usize>,
    plain: bool,
}

struct Tree<'a> {
    source: &'a Arc<Source>,
    problems: &'a mut Problems,
    offsets: Offsets<'a>,
    open: Vec<Open>,
    /// The anchored nodes. None while the anchored collection is still open.
    anchors: HashMap<usize, Option<Node>>,
    weight: usize,
    root: Option<Node>,
    documents: usize,
}

type Step<T = ()> = Result<T, Box<Problem>>;

/// The error that ended the parsing of a text.
enum Fault {
    Syntax(saphyr_parser::ScanError),
    Other(Box<Problem>),
}

impl From<Box<Problem>> for Fault {
    fn from(problem: Box<Problem>) -> Self {
        Self::Other(problem)
    }
}

impl<'a> Tree<'a> {
    fn new(source: &'a Arc<Source>, padded: &'a Padded, problems: &'a mut Problems) -> Self {
        Self {
            source,
            problems,
            offsets: Offsets::new(&source.text, padded),
            open: Vec::new(),
            anchors: HashMap::new(),
            weight: 0,
            root: None,
            documents: 0,
        }
    }

    fn read(&mut self, text: &str) -> Result<(), Fault> {
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(Fault::Syntax)?;
            let span = self.offsets.range(span);
            match event {
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                Event::DocumentStart(_) => self.begin_document(span)?,
                Event::Alias(anchor) => self.alias(anchor, span)?,
                Event::Scalar(text, style, anchor, tag) => {
                    let plain = style == ScalarStyle::Plain && !self.is_text(tag.as_deref(), &span);
                    self.grow(1 + text.len(), &span)?;
                    let text = text.into_owned();
                    self.finish(
                        Node {
                            span,
                            value: Value::Scalar(Scalar { text, plain }),
                        },
                        anchor,
                    )?;
                }
                Event::SequenceStart(anchor, tag) => {
                    self.is_text(tag.as_deref(), &span);
                    self.begin(span, anchor, Content::List(Vec::new()))?;
                }
                Event::MappingStart(anchor, tag) => {
                    self.is_text(tag.as_deref(), &span);
                    let content = Content::Map {
                        entries: Vec::new(),
                        known: HashMap::new(),
                        merged: Vec::new(),
                        key: None,
                    };
                    self.begin(span, anchor, content)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(span.end)?,
            }
        }
        Ok(())
    }

    fn problem(&self, span: &Range<usize>, message: impl Into<String>) -> Problem {
        problem::at(self.source, span.clone(), message)
    }

    fn begin_document(&mut self, span: Range<usize>) -> Step {
        self.documents += 1;
        if self.documents > 1 {
            let problem = self
                .problem(&span, "a second document begins here")
                .with_help("a configuration is one document: remove the `---`");
            return Err(Box::new(problem));
        }
        Ok(())
    }

    /// Whether a tag makes its node a text. Tags other than YAML's own are mistakes.
    fn is_text(&mut self, tag: Option<&Tag>, span: &Range<usize>) -> bool {
        let Some(tag) = tag else { return false };
        if !tag.is_yaml_core_schema() && tag.to_string() != "!" {
            let problem = self.problem(span, format!("the tag `{tag}` means nothing here"));
            self.problems.add(problem);
        }
        tag.suffix == "str"
    }

    fn grow(&mut self, weight: usize, span: &Range<usize>) -> Step {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > MAX_WEIGHT {
            return Err(Box::new(self.problem(
                span,
                "with its aliases filled in, the file is too large from here on",
            )));
        }
        Ok(())
    }

    fn begin(&mut self, span: Range<usize>, anchor: usize, content: Content) -> Step {
        self.grow(1, &span)?;
        if self.open.len() == MAX_DEPTH {
            return Err(Box::new(self.problem(
                &span,
                format!("this lies more than {MAX_DEPTH} levels deep"),
            )));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open {
            start: span.start,
            anchor,
            content,
        });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Step {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let span = open.start..end.max(open.start);
        let value = match open.content {
            Content::List(items) => Value::List(items),
            Content::Map {
                mut entries,
                mut known,
                merged,
                ..
            } => {
                for entry in merged.into_iter().flat_map(into_entries) {
                    if !known.contains_key(&entry.key) {
                        known.insert(entry.key.clone(), entries.len());
                        entries.push(entry);
                    }
                }
                Value::Map(entries)
            }
        };
        self.finish(Node { span, value }, open.anchor)
    }

    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Step {
        match self.anchors.get(&anchor) {
            Some(Some(node)) => {
                let weight = node.weight();
                // The size is checked before the node is copied.
                self.grow(weight, &span)?;
                if let Some(Some(node)) = self.anchors.get(&anchor) {
                    let node = node.clone();
                    if self.open.len() + depth(&node) > MAX_DEPTH {
                        return Err(Box::new(self.problem(
                            &span,
                            format!("this lies more than {MAX_DEPTH} levels deep"),
                        )));
                    }
                    return self.finish(node, 0);
                }
                Ok(())
            }
            Some(None) => Err(Box::new(
                self.problem(&span, "this alias is inside the value that it refers to"),
            )),
            None => Err(Box::new(
                self.problem(&span, "there is no such anchor before this alias"),
            )),
        }
    }

    /// Adds a complete node to the open collection, or as the root.
    fn finish(&mut self, node: Node, anchor: usize) -> Step {
        if anchor > 0 {
            self.grow(node.weight(), &node.span)?;
            self.anchors.insert(anchor, Some(node.clone()));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map { key: slot, .. } => match slot.take() {
                None => match node.value {
                    Value::Scalar(scalar) => {
                        *slot = Some(Key {
                            name: scalar.text,
                            span: node.span,
                            plain: scalar.plain,
                        });
                    }
                    _ => {
                        let problem = self.problem(&node.span, "a key has to be a plain text");
                        return Err(Box::new(problem));
                    }
                },
                Some(key) => self.insert(key, node),
            },
        }
        Ok(())
    }

    fn insert(&mut self, key: Key, value: Node) {
        let mut found = Vec::new();
        let source = self.source;
        if let Some(Open {
            content:
                Content::Map {
                    entries,
                    known,
                    merged,
                    ..
                },
            ..
        }) = self.open.last_mut()
        {
            if key.plain && key.name == "<<" {
                match value.value {
                    Value::Map(_) => merged.push(value),
                    Value::List(items)
                        if items.iter().all(|i| matches!(i.value, Value::Map(_))) =>
                    {
                        merged.extend(items);
                    }
                    _ => found.push(problem::at(
                        source,
                        value.span,
                        "`<<` takes a mapping, or a list of mappings",
                    )),
                }
            } else if let Some(first) = known.get(&key.name).and_then(|at| entries.get(*at)) {
                found.push(problem::duplicate_key(
                    source,
                    &key.name,
                    key.span,
                    &first.key_span,
                ));
            } else {
                known.insert(key.name.clone(), entries.len());
                entries.push(Entry {
                    key: key.name,
                    key_span: key.span,
                    value,
                });
            }
        }
        for problem in found {
            self.problems.add(problem);
        }
    }
}

fn into_entries(node: Node) -> Vec<Entry> {
    match node.value {
        Value::Map(entries) => entries,
        _ => Vec::new(),
    }
}

fn depth(node: &Node) -> usize {
    match &node.value {
        Value::Scalar(_) => 0,
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => {
            1 + entries
                .iter()
                .map(|entry| depth(&entry.value))
                .max()
                .unwrap_or(0)
        }
    }
}
