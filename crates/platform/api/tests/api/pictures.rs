//! Uploaded pictures, and where they are shown: icons and covers.

use crate::operations::gif;
use futures_util::future::join_all;
use http::Method;
use prox_testing::{App, Person, Reply};
use prox_types::{Item, Page, Picture, Space};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

async fn upload(person: &Person<'_>, bytes: impl Into<axum::body::Body>) -> Reply {
    let path = person.home("/pictures");
    person.client.send(Method::POST, &path, bytes).await
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A PNG with a chunk of text.
fn png(text: &str) -> Vec<u8> {
    let chunk = |name: &[u8], content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length, name, content, b"crc!"].concat()
    };
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", b"header"),
        chunk(b"tEXt", text.as_bytes()),
        chunk(b"IDAT", b"data"),
        chunk(b"IEND", b""),
    ]
    .concat()
}

#[tokio::test]
async fn a_picture_is_kept_once_by_its_hash() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let first: Picture = upload(&ada, png("52.5 N")).await.expect(201);
    assert_eq!(first.media_type, "image/png");
    // The same picture with other metadata is the same.
    let again: Picture = upload(&ada, png("13.4 E")).await.expect(201);
    assert_eq!(again, first);
    let pictures = ada.home("/pictures");
    let page: Page<Picture> = ada.client.get(&pictures).await.expect(200);
    assert_eq!(page.items, std::slice::from_ref(&first));

    let path = format!("{pictures}/{}", first.hash);
    let reply = ada.client.get(&path).await;
    reply.expect_status(200);
    assert_eq!(hex(&Sha256::digest(&reply.bytes)), first.hash);
    assert_eq!(reply.bytes.len(), usize::try_from(first.size).unwrap());
    assert!(!reply.text.contains("52.5"), "the place is not in it");
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("content-disposition", "attachment"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        ),
    ] {
        assert_eq!(reply.header(name), value);
    }
    let tag = reply.header("etag");
    let known = ada.client.with("if-none-match", tag).get(&path).await;
    known.expect_status(304);

    ada.client.delete(&path).await.expect_status(204);
    ada.client.get(&path).await.expect_status(404);
    ada.client.delete(&path).await.expect_status(404);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_with_a_reason() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let large = [gif('a').as_bytes(), &vec![b'x'; 512 * 1024]].concat();
    for (bytes, status, words) in [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            415,
            "An SVG can contain scripts",
        ),
        (b"<!doctype html>".to_vec(), 415, "This is not a PNG"),
        (b"\0\0\x01\0icon".to_vec(), 415, "This is not a PNG"),
        (b"".to_vec(), 415, "This is not a PNG"),
        (
            b"\x89PNG\r\n\x1a\ncut".to_vec(),
            422,
            "The picture is damaged",
        ),
        (
            b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\x0cmetaExif".to_vec(),
            422,
            "contains metadata",
        ),
        (large, 413, "at most 512 kB"),
    ] {
        let reply = upload(&ada, bytes).await;
        let problem = reply.expect_status(status).json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{detail}");
    }
    let largest = [
        b"GIF89a?\0\x01\0\0\0\0;".as_slice(),
        &vec![b'x'; 512 * 1024 - 14],
    ]
    .concat();
    upload(&ada, largest).await.expect_status(201);
}

/// Adds pictures to all organizations.
async fn fill(app: &App, pictures: usize) {
    let sql = format!(
        "insert into picture (organization_id, hash, media_type, bytes, created_at)
         select o.id, encode(sha256(n::text::bytea), 'hex'), 'image/gif', 'x', now()
         from organization o, generate_series(1, {pictures}) n"
    );
    app.database
        .admin()
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
}

#[tokio::test]
async fn concurrent_uploads_end_at_the_limit() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    fill(&app, 195).await;
    let replies = join_all(('a'..='z').map(|width| upload(&ada, gif(width)))).await;
    let (added, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|r| r.status == 201);
    assert_eq!((added.len(), refused.len()), (5, 21));
    for reply in refused {
        reply.expect_status(409).expect_problem("limit_reached");
    }
    let pictures = ada.home("/pictures?limit=200");
    let page: Page<Picture> = ada.client.get(&pictures).await.expect(200);
    assert_eq!((page.items.len(), page.next_cursor), (200, None));
    // The same picture at once is one.
    let replies = join_all((0..8).map(|_| upload(&bob, gif('a')))).await;
    for reply in &replies {
        reply.expect_status(201);
    }
    let replies = join_all(('b'..='e').map(|width| upload(&bob, gif(width)))).await;
    assert!(replies.iter().all(|reply| reply.status == 201));
    let last = join_all((0..8).map(|_| upload(&bob, gif('f')))).await;
    assert!(last.iter().all(|reply| reply.status == 409));
}

#[tokio::test]
async fn an_organization_has_at_most_200_pictures() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    fill(&app, 199).await;
    let last: Picture = upload(&ada, gif('a')).await.expect(201);
    upload(&ada, gif('b'))
        .await
        .expect_status(409)
        .expect_problem("limit_reached");
    // One that is there already is no new one.
    assert_eq!(upload(&ada, gif('a')).await.expect::<Picture>(201), last);
    let path = ada.home(&format!("/pictures/{}", last.hash));
    ada.client.delete(&path).await.expect_status(204);
    upload(&ada, gif('b')).await.expect_status(201);
}

#[tokio::test]
async fn pictures_belong_to_their_organization() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let picture: Picture = upload(&ada, gif('a')).await.expect(201);
    let path = ada.home(&format!("/pictures/{}", picture.hash));
    app.anonymous().get(&path).await.expect_status(401);
    bob.client.get(&path).await.expect_status(404);
    let own = bob.home(&format!("/pictures/{}", picture.hash));
    bob.client.get(&own).await.expect_status(404);
    // Nor can it be an icon or a cover elsewhere.
    let name = format!("picture:{}", picture.hash);
    bob.create_space("home").await;
    let items = bob.home("/spaces/home/items");
    let card = json!({"kind": "card", "title": "T", "icon": name});
    let item: Item = bob
        .client
        .post(&items, json!({"kind": "card", "title": "T"}))
        .await
        .expect(201);
    let space = json!({"title": "T", "cover": name});
    for (reply, path) in [
        (bob.client.post(&items, card).await, "icon"),
        (
            bob.client
                .patch(&format!("{items}/{}", item.id), json!({"icon": name}))
                .await,
            "icon",
        ),
        (bob.client.post(&bob.home("/spaces"), space).await, "cover"),
        (
            bob.client
                .patch(&bob.home("/spaces/home"), json!({"cover": name}))
                .await,
            "cover",
        ),
    ] {
        let problem = reply.expect_status(422).json();
        assert_eq!(problem["errors"][0]["path"], path);
    }
}

#[tokio::test]
async fn pictures_are_shown_as_icons_and_covers() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let picture: Picture = upload(&ada, gif('a')).await.expect(201);
    let name = format!("picture:{}", picture.hash);
    let items = ada.home("/spaces/home/items");
    let mut ids = Vec::new();
    for icon in [name.as_str(), "letters", "glyph:house"] {
        let title = icon.split(':').next();
        let body =
            json!({"kind": "link", "title": title, "url": "https://a.example/", "icon": icon});
        let item: Item = ada.client.post(&items, body).await.expect(201);
        assert_eq!(item.icon.as_deref(), Some(icon));
        ids.push(item.id);
    }
    let space: Space = ada
        .client
        .patch(&ada.home("/spaces/home"), json!({"cover": name}))
        .await
        .expect(200);
    assert_eq!(space.cover.as_deref(), Some(&*name));
    let icon = |n: usize| format!("{items}/{}/icon", ids[n]);
    let cover = ada.home("/spaces/home/cover");
    for path in [icon(0), cover.clone()] {
        app.anonymous().get(&path).await.expect_status(404);
        let reply = ada.client.get(&path).await;
        assert_eq!(reply.expect_status(200).bytes, gif('a').as_bytes());
        assert_eq!(reply.header("cache-control"), "private, max-age=86400");
    }
    // Letters and glyphs have no picture, and nothing is fetched for them.
    for n in [1, 2] {
        ada.client.get(&icon(n)).await.expect_status(204);
    }
    assert!(app.fakes.hops.lock().unwrap().is_empty());

    ada.client
        .post(&ada.home("/spaces/home/publish"), Value::Null)
        .await
        .expect_status(200);
    for path in [icon(0), cover] {
        let reply = app.anonymous().get(&path).await;
        assert_eq!(reply.expect_status(200).bytes, gif('a').as_bytes());
        assert_eq!(reply.header("cache-control"), "public, max-age=86400");
    }
    let page = app.anonymous().get("/@ada").await;
    for (n, is_shown) in [(0, true), (1, false), (2, false)] {
        let address = format!("/{}/icon?of=", ids[n]);
        assert_eq!(page.text.contains(&address), is_shown, "{n}");
    }
    assert!(page.text.contains("/spaces/home/cover?of="));
    assert!(!page.text.contains(&picture.hash));

    // What is in use stays.
    let path = ada.home(&format!("/pictures/{}", picture.hash));
    let is_used = async || {
        let reply = ada.client.delete(&path).await;
        reply.expect_status(409).expect_problem("picture_in_use");
    };
    is_used().await;
    ada.client
        .patch(&ada.home("/spaces/home"), json!({"cover": null}))
        .await
        .expect_status(200);
    is_used().await;
    let one = format!("{items}/{}", ids[0]);
    ada.client
        .patch(&one, json!({"icon": ""}))
        .await
        .expect_status(200);
    let desk = json!({"name": "W", "layout": {"wallpaper": name}});
    let desk: Value = ada
        .client
        .post(&ada.home("/workspaces"), desk)
        .await
        .expect(201);
    is_used().await;
    let desk = ada.home(&format!("/workspaces/{}", desk["id"].as_str().unwrap()));
    ada.client.delete(&desk).await.expect_status(204);
    ada.client.delete(&path).await.expect_status(204);
}
