//! The valid and invalid vectors of the TypeID spec 0.3
//! (<https://github.com/jetify-com/typeid/tree/main/spec>), and what our newtypes add.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and look behind the API's back"
)]

use proptest::prelude::*;
use prox_types::typeid::{TypeId, TypeIdError};
use prox_types::{EntityId, SpaceId, UserId};
use uuid::Uuid;

const VALID: [(&str, &str, &str, &str); 9] = [
    (
        "nil",
        "00000000000000000000000000",
        "",
        "00000000-0000-0000-0000-000000000000",
    ),
    (
        "one",
        "00000000000000000000000001",
        "",
        "00000000-0000-0000-0000-000000000001",
    ),
    (
        "ten",
        "0000000000000000000000000a",
        "",
        "00000000-0000-0000-0000-00000000000a",
    ),
    (
        "sixteen",
        "0000000000000000000000000g",
        "",
        "00000000-0000-0000-0000-000000000010",
    ),
    (
        "thirty-two",
        "00000000000000000000000010",
        "",
        "00000000-0000-0000-0000-000000000020",
    ),
    (
        "max-valid",
        "7zzzzzzzzzzzzzzzzzzzzzzzzz",
        "",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ),
    (
        "valid-alphabet",
        "prefix_0123456789abcdefghjkmnpqrs",
        "prefix",
        "0110c853-1d09-52d8-d73e-1194e95b5f19",
    ),
    (
        "valid-uuidv7",
        "prefix_01h455vb4pex5vsknk084sn02q",
        "prefix",
        "01890a5d-ac96-774b-bcce-b302099a8057",
    ),
    (
        "prefix-underscore",
        "pre_fix_00000000000000000000000000",
        "pre_fix",
        "00000000-0000-0000-0000-000000000000",
    ),
];

const INVALID: [(&str, &str); 20] = [
    ("prefix-uppercase", "PREFIX_00000000000000000000000000"),
    ("prefix-numeric", "12345_00000000000000000000000000"),
    ("prefix-period", "pre.fix_00000000000000000000000000"),
    ("prefix-non-ascii", "préfix_00000000000000000000000000"),
    ("prefix-spaces", "  prefix_00000000000000000000000000"),
    (
        "prefix-64-chars",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl_00000000000000000000000000",
    ),
    ("separator-empty-prefix", "_00000000000000000000000000"),
    ("separator-empty", "_"),
    ("suffix-short", "prefix_1234567890123456789012345"),
    ("suffix-long", "prefix_123456789012345678901234567"),
    ("suffix-spaces", "prefix_1234567890123456789012345 "),
    ("suffix-uppercase", "prefix_0123456789ABCDEFGHJKMNPQRS"),
    ("suffix-hyphens", "prefix_123456789-123456789-123456"),
    ("suffix-wrong-alphabet", "prefix_ooooooiiiiiiuuuuuuulllllll"),
    (
        "suffix-ambiguous-crockford",
        "prefix_i23456789ol23456789oi23456",
    ),
    (
        "suffix-hyphens-crockford",
        "prefix_123456789-0123456789-0123456",
    ),
    ("suffix-overflow", "prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz"),
    (
        "prefix-underscore-start",
        "_prefix_00000000000000000000000000",
    ),
    (
        "prefix-underscore-end",
        "prefix__00000000000000000000000000",
    ),
    ("empty", ""),
];

#[test]
fn the_valid_vectors_read_and_write() {
    for (name, text, prefix, uuid) in VALID {
        let id: TypeId = text.parse().unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(
            (id.prefix(), id.uuid().to_string().as_str()),
            (prefix, uuid),
            "{name}"
        );
        let built = TypeId::new(prefix, uuid.parse().unwrap()).unwrap();
        assert_eq!(built.to_string(), text, "{name}");
    }
}

#[test]
fn the_invalid_vectors_are_refused() {
    for (name, text) in INVALID {
        assert!(text.parse::<TypeId>().is_err(), "{name}");
    }
}

#[test]
fn an_id_of_another_kind_is_refused() {
    let text = "usr_01h455vb4pex5vsknk084sn02q";
    assert_eq!(text.parse::<UserId>().unwrap().to_string(), text);
    assert_eq!(text.parse::<SpaceId>(), Err(TypeIdError::Kind));
    assert!(serde_json::from_str::<SpaceId>(&format!("{text:?}")).is_err());
    assert_eq!(
        serde_json::to_string(&text.parse::<UserId>().unwrap()).unwrap(),
        format!("{text:?}")
    );
}

#[test]
fn no_two_entities_share_a_prefix() {
    let mut prefixes = prox_types::PREFIXES.to_vec();
    prefixes.sort_unstable();
    prefixes.dedup();
    assert_eq!(prefixes.len(), prox_types::PREFIXES.len());
}

proptest! {
    #[test]
    fn every_uuid_survives_the_way_there_and_back(bits: u128) {
        let id = SpaceId::from_uuid(Uuid::from_u128(bits));
        prop_assert_eq!(id.to_string().parse::<SpaceId>().unwrap(), id);
    }

    #[test]
    fn texts_sort_as_their_uuids(a: u128, b: u128) {
        let text = |bits| SpaceId::from_uuid(Uuid::from_u128(bits)).to_string();
        prop_assert_eq!(a.cmp(&b), text(a).cmp(&text(b)));
    }

    #[test]
    fn any_text_is_parsed_without_panic(text: String) {
        let _ = text.parse::<TypeId>();
    }
}
