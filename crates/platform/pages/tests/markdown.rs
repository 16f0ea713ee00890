//! The fixture that keeps the two Markdown renderers equal: each input with the HTML
//! that this crate writes. The desktop's `Markdown.test.tsx` compares its renderer with it.
//! `UPDATE_SNAPSHOTS=1` writes it again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests stop where they fail"
)]

use std::collections::HashSet;
use std::path::Path;

use prox_pages::{markdown_to_html, markdown_to_text};
use serde_json::{Value, json};

/// Inline texts.
const INLINES: &[&str] = &[
    "plain words",
    "*em* **strong** ***both*** _em_ __strong__",
    "~~two~~ ~one~ ~~~three~~~",
    "a*b*c a_b_c **a** b**c",
    "`code` ``a ` b`` ` `` ` `a  b`",
    "`&amp; &copy; <b>`",
    "&amp; &lt; &copy; &auml; &nbsp;x &ngE; &#35; &#x22; &#0; &nope; &amp",
    "\\* \\_ \\# \\& \\\\ \\a \\| \\~",
    "[link](https://a.example/?a=1&amp;b=2&copy=3)",
    "[link](https://a.example/?a=1&b=2 \"title &amp;\")",
    "[a *b* `c`](http://a.example)",
    "[no](javascript:x) [no](//a.example) [no](a) [no]() [no](#a) [no](https:a.example)",
    "[no](https://ada@a.example/) [no](https:///a) [no](<https://a b.example>)",
    "[mail](mailto:a@b.example?subject=x%20y&amp;body=z) [mail](MAILTO:a@b.example)",
    "<mail@a.example> <https://a.example/?a&amp;b> <ftp://a.example>",
    "https://a.example/x?a=1&b=2.",
    "https://a.example/x?a=1&amp;b=2, and (http://b.example/x_(y)) https://c.example/*a*",
    "HTTPS://A.example \"https://a.example/\" https://a.example/ü/地? xhttps://a.example",
    "www.a.example https:a.example a@b.example ftp://a.example https:// https://ada@b.example",
    "**https://a.example/** *(https://b.example)* ~~https://c.example~~",
    "![alt](https://a.example/p.png) ![alt *em* `c`](https://a.example/p.png \"t\")",
    "![no](http://a.example/p.png) ![no](p.png) ![](https://a.example/p.png) ![no](data:image/png,x)",
    "[![alt](https://a.example/p.png)](https://a.example/) ![a [b](https://b.example) c](https://a.example/p.png)",
    "<b>html</b> <br/> <!-- comment --> <a href=\"x\"> < b > <3",
    "[ref] [Ref][] [text][REF] [none] [none][x]",
    "a  \nhard\\\nbreaks\nand a soft one",
    "a | b \\| c",
    "*a **b* c** [*a](https://a.example)*",
    "**a *b ~~c `d` e~~ f* g**",
    "“quotes” — ‘dashes’… 'a' \"b\"",
    "שלום **עולם** ومرحبا",
    "地図 **強調**。👩‍👩‍👧 e\u{301}",
    "1\\. 2) + - # = >",
    "a\tb  c",
];

/// Blocks around an inline text, which replaces `%`.
const BLOCKS: &[&str] = &[
    "%",
    "# %",
    "> %\n> again %",
    "- %\n- %",
    "- one\n\n  %\n\n- %",
    "3. %\n4. two",
    "- [ ] %\n- [x] %",
    "| a | b |\n|:--|--:|\n| % | x |",
    "> - %\n>   1. %",
    "%\n===\n\n%\n---",
    "    %",
    "```\n%\n```",
    "<div>\n%\n</div>",
    "%\r\n\r\n%\r%",
];

/// Blocks that stand alone.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\n\n",
    "# One\n\n## Two\n\n### Three\n\n# Back",
    "### One\n\n#### Two\n\n###### Four\n\n## Above",
    "## One ##\n\n#no heading\n\n#\n\n####### seven",
    "a\n\n***\n\nb\n\n- - -\n\n___",
    "- a\n- b\n  - c\n    - d\n- e",
    "- a\n\n- b\n- c",
    "- a\n\n  b\n- c",
    "* a\n+ b\n- c",
    "1. a\n1. b\n\n   c",
    "1) a\n2) b",
    "0. a\n7. b",
    "-\n- a\n-",
    "- # a\n- > b\n- ```\n  c\n  ```",
    "- a\n\n\n  b\n\n\n\n- c",
    "a\n- b\n1. c\n2. d",
    "a\n14. not a list",
    "- [ ] open\n- [x] done\n- [X] done\n- [] none\n- [y] none",
    "1. [ ] open\n2. [x] done",
    "- [ ] open\n\n- [x] done\n\n  more",
    "- [ ] open\n  - [x] done\n  - plain",
    "- plain\n  - [x] done",
    "> - [ ] quoted",
    "- [x] **bold** https://a.example/",
    "- a [ ] b\n- \\[ ] c\n- [\\ ] d\n- [ ]e\n- **[ ] f**",
    "- [ ]\n- [x] \n-  [x]  two spaces",
    "- [ ]\n  text\n- [x] \n\n  text",
    "- [x] a\n\n[x]: https://a.example",
    "> a\nlazy\n\nb",
    "> a\n>\n> b\n\n> c",
    "> # a\n> - b\n>\n> ```\n> c\n> ```",
    "> a\r> b\r\r# not quoted\r",
    "a\rb\r\nc\nd\r\r\ne",
    "# a\r\n- b\r\n- c\r\n\r\n```\r\nd\r\ne\r\n```\r\n",
    "```\na\r\rb\n```",
    "| a | b |\r\n|---|---|\r\n| c | d |\r\n",
    "```rust\nfn a() -> &'static str { \"<b>\" } // https://a.example\n```",
    "~~~ x y\n```\na\n~~~",
    "```\nnever closed",
    "```\n```",
    "````\n```\n````",
    "    a\n\n    b\n     c\n\nd",
    "- ```\n  a\n\n  b\n  ```",
    "\ta",
    "| a | b | c |\n|---|:-:|---|\n| 1 |\n| 1 | 2 | 3 | 4 |\n\nafter",
    "a | b\n--|--\n1 | 2\n`x \\| y` | \\|",
    "| a |\n|---|",
    "| a |\n|---|---|\n| b |",
    "|\n|-|\n|",
    "text\n| a | b |\n|---|---|\n| c | d |",
    "| a | b |\n|---|---|\n| c | d |\n> quote",
    "| a | b |\n|---|---|\n| c | d |\n# heading",
    "| `a` | **b** |\n|---|---|\n| [c](https://a.example) | https://b.example/|x |",
    "- | a | b |\n  |---|---|\n  | c | d |",
    "> | a | b |\n> |---|---|\n> | c | d |",
    "<div>a</div>\n\n<!-- b\n\nc -->\n\nd",
    "<script>\na\n\nb\n</script>\nc",
    "<?php a ?>\n<!X>\n<![CDATA[a]]>",
    "<div\nclass=\"a\">\n*b*\n\n*c*\n</div>",
    "a <b\nc> d",
    "- <div>\n  a\n- b",
    "[a]: https://a.example/ \"t\"\n[a] [A][] [b][a]",
    "[a]: https://a.example/\n[a]: https://b.example/\n\n[a]",
    "> [a]: https://a.example/\n\n[a] ![a]",
    "[a]: javascript:x\n\n[a] [text][a] ![alt][a]",
    "[a]: <mailto:a@b.example>\n\n[write][a]",
    "[ä ö]: https://a.example/\n\n[Ä  Ö]",
    "[a]: https://a.example/?x=1&amp;y=2\n\n[a]",
    "[a\n\nb](https://a.example)",
    "[a](https://a.example\nb)",
    "[a]( https://a.example/(b) 'c' )",
    "[a](<https://a.example/b>)[c](https://c.example)",
    "[a [b](https://b.example) c](https://a.example)",
    "[https://b.example](https://a.example)",
    "[a <https://b.example> <m@b.example> c](https://a.example) https://d.example",
    "[a <https://b.example> https://c.example d](javascript:x)",
    "![a ![b](https://b.example/p.png) c](https://a.example/p.png)",
    "![<b> &amp; \"'](https://a.example/p.png?a=1&amp;b=2)",
    "![a\nb](https://a.example/p.png)",
    "https://a.example/a\nhttps://b.example/b",
    "https://a.example/`b` https://a.example/<b> https://a.example/\"b\"",
    "(see https://a.example/x.) [https://a.example/y] {https://a.example/z}",
    "https://a.example/x_(y)_(z)) https://a.example/]) https://a.example/[1]",
    "https://a.example... http://a.example/?! 'https://a.example/'",
    "https://a.example/_a_ https://a.example/*b* https://a.example/~~c~~",
    "svn+https://a.example a.https://b.example -http://c.example",
    "見https://a.example/地、https://b.example",
    "https://a.example\u{a0}b https://a.example\u{3000}b https://a.example\u{200b}b",
    "http://http://a.example http://[::1]:8080/ http://a.example:80/",
    "<HTTPS://A.EXAMPLE> <a+b@c.example> <a@b> <x:y>",
    "\\<https://a.example> \\https://a.example https\\://a.example",
    "*https://a.example* _https://a.example_ **https://a.example",
    "~~a~~b ~a ~ b~ ~~ a ~~ ~~~a~~~ a~b~c",
    "***a** b* ***a* b** *a**b**c* **a*b*c**",
    "*a\nb* **c\nd** ~~e\nf~~ `g\nh`",
    "* a *\n\n_a_b_ __a__b __",
    "a\u{a0}*b* *\u{a0}a* *“a”*b",
    "\\\na\\\n\nb\\",
    "a  \n\nb   \nc  ",
    "&#120; &#x78; &#xD800; &#1114112; &hearts;&hellip; &AMP; &amp;amp;",
    "`` ` `` ```` `a `b` ``c`",
    "`a\\` b` `<https://a.example>` `*c*`",
    "\u{feff}# a",
    " # a\n  > b\n   - c",
    "#\ta\n-\tb\n>\tc",
    "Setext\nover two\nlines\n===",
    "- a\n---\n- b",
    "> a\n---",
    "1. a\n\n   - b\n\n     c\n2. d",
    "- a\n\n      code\n- b",
    "10) a\n\n    b",
    "a\n    b\n  c",
    "- a\n b\n  - c\n d",
];

/// Text that nests deeper than either renderer does.
fn deep() -> Vec<String> {
    let around = |open: &str, close: &str, times: usize| {
        format!("{}deep{}", open.repeat(times), close.repeat(times))
    };
    let mut texts: Vec<String> = [5, 11, 12, 13, 31, 32, 33, 60]
        .iter()
        .flat_map(|times| {
            [
                around("> ", "", *times),
                around("- ", "", *times),
                around("1. ", "", *times),
                around("> - ", "", *times),
                around("*a **b ", " c** d*", *times),
                format!("{}- [x] done\n", "> ".repeat(*times)),
                format!("{}# heading\n\nafter", "> ".repeat(*times)),
            ]
        })
        .collect();
    texts.push(around(">", "", 3_000));
    texts.push(around("- ", "", 300));
    texts.push(around("1) ", "", 3_000));
    texts.push(format!(
        "a\n{}b\n\n{}c\n",
        "> - ".repeat(40),
        "\t> +\t12. ".repeat(40)
    ));
    texts.push(format!("```\n{}code\n```", "> ".repeat(40)));
    texts.push("- ".repeat(50));
    texts.push(around("*a **b ", " c** d*", 100));
    texts.push("> ".repeat(14) + "a\n" + &"> ".repeat(14) + "b\n\nc");
    texts.push(
        (0..16)
            .map(|level| "  ".repeat(level) + "- entry\n")
            .collect(),
    );
    texts.push(
        (0..16)
            .map(|level| "  ".repeat(level) + "- entry\n\n")
            .collect(),
    );
    texts
}

/// Blocks with the maximum number of emphasis runs, and with more.
fn crowded() -> Vec<String> {
    let full = "*a*_b_".repeat(250);
    let more = format!("{full} **c** ");
    vec![
        full.clone(),
        more.clone(),
        format!("{more}\n\n*still* **emphasis** ~~here~~\n\n{full}"),
        format!("{more}***d*** ~~e~~ ~f~ ~~~g~~~ `*h*` \\*i\\* **j *k** l*"),
        format!(
            "{more}[*d*](https://a.example) *https://b.example* ![*e*](https://c.example/p.png)"
        ),
        format!("[{more}](https://a.example) _after_"),
        format!("*d* | **e**\n--|--\n_f_ | {more}\n{full} | ~~g~~"),
        format!("# *d* {more}\n\n*e*"),
        format!("> *d*\n> {more}\nlazy *e*\n\n*f*"),
        format!("- *d* {more}\n  *e*\n- *f*\n\n1. {more}\n   - *g*"),
        format!("```\n{more}\n```\n\n`{more}` *d*\n\n<div>{more}</div>\n\n*e*"),
    ]
}

fn inputs() -> Vec<String> {
    let lines = BLOCKS.iter().flat_map(|block| {
        INLINES
            .iter()
            .map(|line| block.replace('%', line) + "\n\n[ref]: https://ref.example/\n")
    });
    let texts = TEXTS.iter().map(|text| (*text).to_owned());
    let mut seen = HashSet::new();
    lines
        .chain(texts)
        .chain(deep())
        .chain(crowded())
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

#[test]
fn the_markdown_fixture_is_what_the_renderer_writes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/markdown.json");
    let cases: Vec<Value> = inputs()
        .into_iter()
        .map(|text| json!({ "markdown": text, "html": markdown_to_html(&text) }))
        .collect();
    let expected = format!("[\n{}\n]\n", lines(&cases));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(
            found, expected,
            "UPDATE_SNAPSHOTS=1 writes the fixture again"
        );
    }
    assert_eq!(found.len(), expected.len());
}

/// One case in each line, so that a diff shows the changed cases.
fn lines(cases: &[Value]) -> String {
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    lines.join(",\n")
}

#[test]
fn the_text_of_markdown_has_no_marks() {
    for (markdown, text) in [
        ("# Start\n\nthe **roll***back*", "Start the rollback"),
        ("a\nb  \nc", "a b c"),
        ("- one\n- [x] two\n  1. [ ] three", "one ☑ two ☐ three"),
        ("[x] no task", "[x] no task"),
        ("> quoted\n\n---\n\nafter", "quoted  after"),
        (
            "[site](https://a.example/) ![a photo](https://a.example/p)",
            "site a photo",
        ),
        (
            "`code` and ~~gone~~ &amp; <b>raw</b>",
            "code and gone & <b>raw</b>",
        ),
        ("```sh\nls -l\n```\n\nafter", "ls -l\nafter"),
        ("| a | b |\n|---|---|\n| c | **d** |", "a b c d"),
        ("2 * 3 - 1 # no heading", "2 * 3 - 1 # no heading"),
        ("", ""),
    ] {
        assert_eq!(markdown_to_text(markdown), text, "{markdown}");
    }
}
