// What the endpoints ask the database, one statement each.

export interface Store {
  session(id: string, secretHash: Buffer): Promise<{ user_id: string } | undefined>;
  membership(user: string, organization: string): Promise<{ organization_id: string } | undefined>;
  space(organization: string, slug: string): Promise<SpaceRow | undefined>;
  items(organization: string, space: string, limit: number): Promise<ItemRow[]>;
}

export interface SpaceRow {
  id: string;
  organization_id: string;
  slug: string;
  title: string;
  description: string;
  visibility: string;
  accent: number | null;
  cover: string | null;
  theme: string | null;
  /** Drivers give an int8 as text. */
  version: string;
  item_count: string;
  published_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export interface ItemRow {
  id: string;
  space_id: string;
  kind: string;
  widget: string | null;
  title: string;
  description: string;
  url: string | null;
  body: string;
  icon: string | null;
  tags: string[];
  mode: string;
  reasons: string[];
  size: string;
  color: string | null;
  visibility: string;
  folder_id: string | null;
  position: string;
  version: string;
  created_at: Date;
  updated_at: Date;
}
