//! Feeds of every format, their texts, addresses and times, and what is wrong with them.

use proptest::prelude::*;

use super::*;
use crate::unicode::Tables;

fn parse(text: impl AsRef<[u8]>) -> Option<FeedContent> {
    let base = Url::parse("https://blog.example/feeds/all.xml").unwrap();
    read(text.as_ref(), None, &base, &Tables)
}

fn content(text: impl AsRef<[u8]>) -> FeedContent {
    parse(text).unwrap()
}

/// An RSS feed with one entry.
fn rss(item: &str) -> String {
    format!(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>T</title><item>{item}</item></channel></rss>"
    )
}

/// An Atom feed with one entry.
fn atom(entry: &str) -> String {
    format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>")
}

/// Title, address and time of the only entry.
fn only(text: &str) -> (String, String, String) {
    let content = content(text);
    assert_eq!(content.entries.len(), 1, "{text}");
    let entry = &content.entries[0];
    let at = entry.published_at.map(|at| at.to_string());
    (
        entry.title.clone(),
        entry.url.clone(),
        at.unwrap_or_default(),
    )
}

#[test]
fn feeds_of_every_format_have_the_same_content() {
    let rss_2 = r#"<?xml version="1.0"?>
        <!-- made by hand -->
        <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
        <channel>
          <atom:link rel="self" href="https://blog.example/feeds/all.xml"/>
          <title>The blog</title><link>https://blog.example/</link>
          <image><title>Logo</title><link>https://other.example/</link></image>
          <item><title>First</title><link>https://blog.example/1</link>
            <pubDate>Sat, 07 Mar 2026 09:05:00 GMT</pubDate>
            <media:title>Picture</media:title><source url="https://x.example/"><title>Other</title></source></item>
          <item><title>Second</title><link>https://blog.example/2</link>
            <pubDate>Fri, 06 Mar 2026 09:05:00 GMT</pubDate></item>
        </channel></rss>"#;
    let rss_1 = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
          xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://blog.example/rss"><title>The blog</title><link>https://blog.example/</link>
          <items><rdf:Seq><rdf:li resource="https://blog.example/1"/></rdf:Seq></items></channel>
        <item rdf:about="https://blog.example/1"><title>First</title><link>https://blog.example/1</link>
          <dc:date>2026-03-07T10:05:00+01:00</dc:date></item>
        <item rdf:about="https://blog.example/2"><title>Second</title>
          <dc:date>2026-03-06T09:05:00Z</dc:date></item></rdf:RDF>"#;
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom">
        <title type="text">The blog</title>
        <link rel="self" href="https://blog.example/feeds/all.xml"/><link href="https://blog.example/"/>
        <author><name>Ada</name><uri>https://ada.example/</uri></author>
        <entry><title>First</title><link rel="edit" href="/edit/1"/><link rel="alternate" href="/1"/>
          <updated>2026-03-08T00:00:00Z</updated><published>2026-03-07T09:05:00Z</published>
          <source><title>Other</title><link href="https://x.example/"/></source></entry>
        <entry><title>Second</title><link href="/2"/><updated>2026-03-06T09:05:00Z</updated></entry></feed>"#;
    // The same with a prefix for every element.
    let prefixed = atom
        .replace("xmlns=", "xmlns:a=")
        .replace("</", "\u{0}")
        .replace('<', "<a:")
        .replace('\u{0}', "</a:");
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "The blog",
        "home_page_url": "https://blog.example/", "items": [
          {"id": 1, "title": "First", "url": "https://blog.example/1", "date_published": "2026-03-07T09:05:00.000Z"},
          {"id": "https://blog.example/2", "title": "Second", "date_modified": "2026-03-06T10:05:00+01:00"}]}"#;
    for text in [rss_2, rss_1, atom, &prefixed, json] {
        let feed = content(text);
        assert_eq!(feed.title.as_deref(), Some("The blog"), "{text}");
        assert_eq!(feed.site_url.as_deref(), Some("https://blog.example/"));
        let entries: Vec<_> = feed
            .entries
            .iter()
            .map(|entry| {
                let at = entry.published_at.unwrap().to_string();
                (entry.title.as_str(), entry.url.as_str(), at)
            })
            .collect();
        assert_eq!(
            entries,
            [
                (
                    "First",
                    "https://blog.example/1",
                    "2026-03-07T09:05:00Z".to_owned()
                ),
                (
                    "Second",
                    "https://blog.example/2",
                    "2026-03-06T09:05:00Z".to_owned()
                ),
            ],
            "{text}"
        );
    }
}

#[test]
fn titles_become_plain_text() {
    let link = "<link>https://a.example/</link>";
    for (title, expected) in [
        ("Plain", "Plain"),
        ("  two\n lines ", "two lines"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT & T", "AT & T"),
        ("&lt;b&gt;bold&lt;/b&gt; &lt;br/&gt; text", "bold text"),
        ("<![CDATA[<b>bold</b> &amp; more]]>", "bold & more"),
        ("<![CDATA[one]]> and <![CDATA[two]]>", "one and two"),
        ("raw <b>bold</b><br/>text", "raw bold text"),
        ("caf&eacute; &nbsp; &#8211; &#x2014;", "café – —"),
        ("5 &lt; 6 and Vec&lt;T&gt;", "5 < 6 and Vec<T>"),
        ("a\u{202e}b\u{200b}c", "abc"),
        ("broken \u{fffd}byte", "broken byte"),
    ] {
        let (found, ..) = only(&rss(&format!("<title>{title}</title>{link}")));
        assert_eq!(found, expected, "{title}");
    }
    for (title, expected) in [
        ("<title>a &amp; &lt;b></title>", "a & <b>"),
        (
            "<title type='html'>a &amp;amp; &lt;b>b&lt;/b></title>",
            "a & b",
        ),
        (
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a <em>b</em></div></title>",
            "a b",
        ),
    ] {
        let (found, ..) = only(&atom(&format!("{title}<link href='/1'/>")));
        assert_eq!(found, expected, "{title}");
    }
    let long = "x".repeat(500);
    let (found, ..) = only(&rss(&format!("<title>{long}</title>{link}")));
    assert_eq!(found.chars().count(), 200);
}

#[test]
fn entries_without_a_title_show_their_text_or_address() {
    let link = "<link>https://a.example/x/</link>";
    for (text, expected) in [
        ("<description>&lt;p>Hello&lt;/p></description>", "Hello"),
        ("<title> </title><description>Hello</description>", "Hello"),
        (
            "<content:encoded><![CDATA[<script>no</script><p>Hello</p>]]></content:encoded>",
            "Hello",
        ),
        ("", "a.example/x"),
    ] {
        assert_eq!(only(&rss(&format!("{text}{link}"))).0, expected, "{text}");
    }
    let note = r#"{"version": "https://jsonfeed.org/version/1", "items": [{"url": "https://a.example/", "content_html": "<p>Hi</p>"}]}"#;
    assert_eq!(only(note).0, "Hi");
}

#[test]
fn addresses_are_absolute_and_of_the_web() {
    for (item, expected) in [
        (
            "<link>https://a.example/ü?x=1&amp;y=2</link>",
            "https://a.example/%C3%BC?x=1&y=2",
        ),
        (
            "<link><![CDATA[ https://a.example/ ]]></link>",
            "https://a.example/",
        ),
        ("<link>/1</link>", "https://blog.example/1"),
        ("<link>1.html</link>", "https://blog.example/feeds/1.html"),
        ("<link>//cdn.example/1</link>", "https://cdn.example/1"),
        ("<guid>https://a.example/g</guid>", "https://a.example/g"),
        (
            "<link/><guid isPermaLink='true'>https://a.example/g</guid>",
            "https://a.example/g",
        ),
        (
            "<guid>https://a.example/g</guid><link>https://a.example/l</link>",
            "https://a.example/l",
        ),
        (
            "<enclosure url='https://a.example/1.mp3'/>",
            "https://a.example/1.mp3",
        ),
        (
            "<link>mailto:x@a.example</link><guid>https://a.example/g</guid>",
            "https://a.example/g",
        ),
    ] {
        assert_eq!(only(&rss(item)).1, expected, "{item}");
    }
    for item in [
        "",
        "<link>javascript:alert(1)</link>",
        "<link>data:text/html,x</link>",
        "<link>ftp://a.example/</link>",
        "<link>https://user:pw@a.example/</link>",
        "<guid isPermaLink='false'>https://a.example/g</guid>",
        "<guid>urn:uuid:1</guid>",
        "<guid>42</guid>",
    ] {
        assert_eq!(content(rss(item)).entries, [], "{item}");
    }
}

#[test]
fn bases_inside_a_feed_count() {
    let feed = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://base.example/a/">
        <link href="home"/>
        <entry xml:base="b/"><title>1</title><link href="c"/></entry>
        <entry><title>2</title><link href="c" xml:base="/d/"/></entry>
        <entry><title>3</title><link href="c"/></entry>
        <entry xml:base="javascript:x"><title>4</title><link href="/e"/></entry></feed>"#;
    let feed = content(feed);
    assert_eq!(
        feed.site_url.as_deref(),
        Some("https://base.example/a/home")
    );
    let urls: Vec<_> = feed.entries.iter().map(|entry| &*entry.url).collect();
    assert_eq!(
        urls,
        [
            "https://base.example/a/b/c",
            "https://base.example/d/c",
            "https://base.example/a/c",
            "https://base.example/e",
        ]
    );
}

#[test]
fn a_base_is_kept_once_for_all_its_addresses() {
    let feed = Url::parse("https://blog.example/").unwrap();
    let text = "<feed xml:base='long/'><link href='1'/><link href='2'/></feed>";
    let draft = of_xml(text, &feed, &Tables).unwrap();
    let bases: Vec<_> = draft.site.iter().flat_map(|it| it.base.as_ref()).collect();
    let [first, second] = bases[..] else { panic!() };
    assert!(Rc::ptr_eq(first, second));
}

#[test]
fn times_are_read_in_all_usual_forms() {
    for (text, expected) in [
        ("Sat, 07 Mar 2026 09:05:00 GMT", "2026-03-07T09:05:00Z"),
        ("Sat, 7 Mar 2026 09:05:00 +0100", "2026-03-07T08:05:00Z"),
        ("7 Mar 2026 09:05 -0530", "2026-03-07T14:35:00Z"),
        ("Sat, 07 Mar 26 09:05:00 UT", "2026-03-07T09:05:00Z"),
        ("Thu, 07 Mar 96 09:05:00 Z", "1996-03-07T09:05:00Z"),
        ("Sat, 07 March 2026 04:05:00 EST", "2026-03-07T09:05:00Z"),
        ("Sat, 07 Mar 2026 02:05:00 PDT", "2026-03-07T09:05:00Z"),
        ("Sat, 07 Mar 2026 09:05:00 CET", "2026-03-07T09:05:00Z"),
        ("Sat,07 Mar 2026 9:05:60 GMT+01:00", "2026-03-07T08:05:59Z"),
        ("Monday, 07 Mar 2026", "2026-03-07T00:00:00Z"),
        ("2026-03-07T09:05:00Z", "2026-03-07T09:05:00Z"),
        ("2026-03-07t09:05:00.123456789z", "2026-03-07T09:05:00Z"),
        ("2026-03-07T09:05:00+01:00", "2026-03-07T08:05:00Z"),
        ("2026-03-07T09:05:00-0800", "2026-03-07T17:05:00Z"),
        ("2026-03-07 09:05", "2026-03-07T09:05:00Z"),
        ("2026-03-07 09:05:00 UTC", "2026-03-07T09:05:00Z"),
        (" 2026-03-07 ", "2026-03-07T00:00:00Z"),
        ("", ""),
        ("yesterday", ""),
        ("Sat, 31 Feb 2026 09:05:00 GMT", ""),
        ("Sat, 07 Mar 2026 25:05:00 GMT", ""),
        ("Sat, 07 Xyz 2026 09:05:00 GMT", ""),
        ("Sat, 07 Mär 2026 09:05:00 GMT", ""),
        ("2026-13-07T09:05:00Z", ""),
        ("2026-03-07T09:05:00+99:00", ""),
        ("99999-03-07", ""),
        ("1772874300", ""),
    ] {
        let item = format!("<link>/1</link><pubDate>{text}</pubDate>");
        assert_eq!(only(&rss(&item)).2, expected, "{text}");
    }
    for item in [
        "<dc:date>2026-03-07</dc:date>",
        "<pubDate>?</pubDate><dc:modified>2026-03-07</dc:modified>",
    ] {
        let item = format!("<link>/1</link>{item}");
        assert_eq!(only(&rss(&item)).2, "2026-03-07T00:00:00Z", "{item}");
    }
}

#[test]
fn encodings_are_those_of_header_mark_and_declaration() {
    let base = Url::parse("https://blog.example/").unwrap();
    let feed = |declaration: &str, title: &[u8]| {
        let start = format!("{declaration}<rss><channel><title>");
        [start.as_bytes(), title, b"</title></channel></rss>"].concat()
    };
    let utf_16 = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    };
    let plain =
        "<?xml version='1.0' encoding='utf-16'?><rss><channel><title>й</title></channel></rss>";
    let cases = [
        (feed("", "й".as_bytes()), None),
        (
            feed("\u{feff}", "й".as_bytes()),
            Some("text/xml; charset=cp1251"),
        ),
        (
            feed("<?xml version='1.0' encoding='windows-1251'?>", b"\xe9"),
            None,
        ),
        (
            feed("<?xml version=\"1.0\" encoding = \"CP1251\" ?>", b"\xe9"),
            Some("text/xml"),
        ),
        (
            feed("<?xml version='1.0' encoding='utf-8'?>", b"\xe9"),
            Some("application/xml; charset=windows-1251"),
        ),
        (
            feed("<?xml version='1.0' encoding='nonsense'?>", "й".as_bytes()),
            None,
        ),
        (utf_16(plain, u16::to_le_bytes), None),
        (utf_16(plain, u16::to_be_bytes), None),
        (utf_16(&format!("\u{feff}{plain}"), u16::to_le_bytes), None),
    ];
    for (bytes, content_type) in cases {
        let feed = read(&bytes, content_type, &base, &Tables).unwrap();
        assert_eq!(
            feed.title.as_deref(),
            Some("й"),
            "{:?}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn the_newest_entries_are_read_and_the_newest_is_first() {
    let items = |dates: &[&str]| {
        let items = dates.iter().map(|date| {
            format!("<item><title>{date}</title><link>/</link><pubDate>{date}</pubDate></item>")
        });
        format!(
            "<rss><channel>{}</channel></rss>",
            items.collect::<String>()
        )
    };
    let titles = |text: String| -> Vec<String> {
        content(text)
            .entries
            .into_iter()
            .map(|entry| entry.title)
            .collect()
    };
    assert_eq!(
        titles(items(&["2026-01-01", "2026-01-03", "2026-01-02"])),
        ["2026-01-03", "2026-01-02", "2026-01-01"]
    );
    // With a time missing, the feed's own order counts.
    assert_eq!(
        titles(items(&["2026-01-01", "soon", "2026-01-02"])),
        ["2026-01-01", "soon", "2026-01-02"]
    );
    let days: Vec<String> = (1..=28).map(|day| format!("2026-01-{day:02}")).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let newest = titles(items(&days));
    assert_eq!((newest.len(), newest[0].as_str()), (20, "2026-01-28"));
}

#[test]
fn mistakes_do_not_hide_what_is_around_them() {
    let good = "<item><title>Good</title><link>/g</link></item>";
    for text in [
        format!("<rss><channel>{good}"),
        format!("<rss><channel>{good}<item><title>Cut"),
        format!("<rss><channel>{good}</channel></rss><p>footer"),
        format!(
            "<rss><channel><item><description><p>open</description></item>{good}</channel></rss>"
        ),
        format!("<rss><channel><item></b></i></item>{good}</channel></rss>"),
        format!("<rss><channel><title>a & b</title>{good}</channel></rss>"),
        format!("\n\n<?xml version='1.0'?><rss><channel>{good}</channel></rss>"),
        format!(
            "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><title>&a;</title>{good}</channel></rss>"
        ),
    ] {
        let titles: Vec<_> = content(&text)
            .entries
            .into_iter()
            .map(|e| e.title)
            .collect();
        assert_eq!(titles, ["Good"], "{text}");
    }
}

#[test]
fn other_documents_are_no_feeds() {
    for text in [
        "",
        " ",
        "text",
        "<",
        "<!DOCTYPE html><html><title>x</title></html>",
        "<html><rss><channel/></rss></html>",
        "<sitemapindex></sitemapindex>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "{}",
        "{",
        "[]",
        r#"{"version": "1", "items": []}"#,
        r#"{"version": "https://example.com/jsonfeed.org/", "items": []}"#,
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
    assert_eq!(content("<rss/>"), FeedContent::default());
    assert_eq!(content("<rss><channel/></rss>"), FeedContent::default());
}

#[test]
fn nesting_is_limited() {
    let deep = format!("<rss><channel>{}", "<a xml:base='x/'>".repeat(50_000));
    assert_eq!(content(deep), FeedContent::default());
    let ends = format!("<rss><channel>{}", "</a>".repeat(200_000));
    assert_eq!(content(ends), FeedContent::default());
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(
        bytes: Vec<u8>,
        text in "(<rss>|<channel>|<item>|<title>|</title>|</item>|<link>|<feed>|<entry>|<!\\[CDATA\\[|\\]\\]>|&amp;|&|<!--|<a b='|\\PC|é){0,20}",
    ) {
        let _ = parse(&bytes);
        let _ = parse(text.as_bytes());
        let _ = parse([b"<rss><channel><item><title>".as_slice(), text.as_bytes()].concat());
    }

    #[test]
    fn any_date_is_read_without_panic(text in "\\PC{0,40}", like in "[0-9]{1,4}[- :T][A-Za-z0-9]{2,3}[- ][0-9]{2,4}[ T][0-9:]{0,8}[ +-][A-Z0-9:]{0,5}") {
        let _ = date::parse(&text);
        let _ = date::parse(&like);
    }
}
