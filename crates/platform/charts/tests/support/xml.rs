//! Markup as a list of elements, to look at.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// The indices of the elements around it, the outermost first.
    pub parents: Vec<usize>,
    /// Its own text, without that of its children.
    pub text: String,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        let attribute = self.attributes.iter().find(|(key, _)| key == name);
        attribute.map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> f64 {
        let value = self.get(name).unwrap_or("0").trim_end_matches('%');
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is {value:?}"))
    }
}

/// Parses well-formed XML, and panics on other text.
pub fn elements(xml: &str) -> Vec<Element> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut all, mut open) = (Vec::<Element>::new(), Vec::<usize>::new());
    let add = |text: &str, all: &mut Vec<Element>, open: &[usize]| {
        if let Some(&last) = open.last() {
            all[last].text.push_str(text);
        }
    };
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                all.push(element(&start, open.clone()));
                open.push(all.len() - 1);
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => add(&text, &mut all, &open),
            Event::GeneralRef(name) => {
                let text = match &*name {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    other => panic!("&{other}; is not of XML"),
                };
                add(text, &mut all, &open);
            }
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(open, [] as [usize; 0], "an element is not closed");
    all
}

fn element(start: &BytesStart<'_>, parents: Vec<usize>) -> Element {
    let name = start.name().as_ref().to_owned();
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        let key = attribute.key.as_ref().to_owned();
        (
            key,
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .unwrap()
                .into_owned(),
        )
    });
    Element {
        name,
        attributes: attributes.collect(),
        parents,
        text: String::new(),
    }
}
