//! The persistent state of a room, in the object's SQLite. Contains no rules.

use prox_core::room::Snapshot;
use prox_types::OrganizationId;
use prox_types::durable::room::Poke;
use serde::Deserialize;
use worker::{Error, Result, SqlStorage};

const SCHEMA: &str = "
create table if not exists room (
  id integer primary key check (id = 1),
  organization_id text not null,
  epoch text not null,
  floor integer,
  sent integer not null default 0
);
create table if not exists log (seq integer primary key, poke text not null);
";

/// The store of one room.
#[derive(Clone)]
pub(super) struct Store(SqlStorage);

/// The stored state.
pub(super) struct StoredRoom {
    /// The organization of this room.
    pub(super) organization: OrganizationId,
    /// The snapshot for [`prox_core::room::Room::restore`].
    pub(super) snapshot: Snapshot,
}

#[derive(Deserialize)]
struct Row {
    organization_id: OrganizationId,
    epoch: String,
    floor: Option<i64>,
    sent: i64,
}

#[derive(Deserialize)]
struct Entry {
    poke: String,
}

impl Store {
    pub(super) fn open(sql: SqlStorage) -> Result<Self> {
        sql.exec(SCHEMA, None)?;
        Ok(Self(sql))
    }

    /// Reads the stored state. The identity of a new room is stored first.
    pub(super) fn read(
        &self,
        organization: OrganizationId,
        fresh_epoch: impl FnOnce() -> String,
    ) -> Result<StoredRoom> {
        let row = match self.row()? {
            Some(row) => row,
            None => {
                self.0.exec(
                    "insert into room (id, organization_id, epoch) values (1, ?, ?)",
                    vec![organization.to_string().into(), fresh_epoch().into()],
                )?;
                self.row()?
                    .ok_or_else(|| Error::from("the room was not stored"))?
            }
        };
        let entries = self.0.exec("select poke from log order by seq", None)?;
        let entries = entries
            .to_array::<Entry>()?
            .iter()
            .map(|entry| Ok(serde_json::from_str(&entry.poke)?))
            .collect::<Result<Vec<Poke>>>()?;
        Ok(StoredRoom {
            organization: row.organization_id,
            snapshot: Snapshot {
                epoch: row.epoch,
                floor: row.floor,
                sent: row.sent,
                entries,
            },
        })
    }

    pub(super) fn append(&self, poke: &Poke) -> Result<()> {
        self.0.exec(
            "insert or ignore into log (seq, poke) values (?, ?)",
            vec![poke.seq.into(), serde_json::to_string(poke)?.into()],
        )?;
        Ok(())
    }

    pub(super) fn prune(&self, through: i64) -> Result<()> {
        self.0
            .exec("update room set floor = ?", vec![through.into()])?;
        self.0
            .exec("delete from log where seq <= ?", vec![through.into()])?;
        Ok(())
    }

    pub(super) fn mark(&self, sent: i64) -> Result<()> {
        self.0.exec("update room set sent = ?", vec![sent.into()])?;
        Ok(())
    }

    fn row(&self) -> Result<Option<Row>> {
        let rows = self
            .0
            .exec("select organization_id, epoch, floor, sent from room", None)?;
        Ok(rows.to_array()?.pop())
    }
}
