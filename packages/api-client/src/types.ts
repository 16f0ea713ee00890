/** Short names for the wire types. Owns none of them: they are generated. */
import type { components } from './schema.d.ts';

type Schemas = components['schemas'];

export type CheckedHealth = Schemas['CheckedHealth'];
export type Connector = Schemas['Connector'];
export type CreateItem = Schemas['CreateItem'];
export type DnsRecord = Schemas['DnsRecord'];
export type Domain = Schemas['Domain'];
export type Event = Schemas['Event'];
export type Feed = Schemas['Feed'];
export type FeedEntry = Schemas['FeedEntry'];
export type FieldError = Schemas['FieldError'];
export type HealthState = Schemas['HealthState'];
export type Instance = Schemas['Instance'];
export type Item = Schemas['Item'];
export type ItemHealth = Schemas['ItemHealth'];
export type ItemKind = Schemas['ItemKind'];
export type ItemSize = Schemas['ItemSize'];
export type Me = Schemas['Me'];
export type Member = Schemas['Member'];
export type Mode = Schemas['Mode'];
export type Notification = Schemas['Notification'];
export type NotificationType = Schemas['NotificationType'];
export type Organization = Schemas['Organization'];
export type Picture = Schemas['Picture'];
export type Place = Schemas['Place'];
export type Preflight = Schemas['Preflight'];
export type Provider = Schemas['Provider'];
export type Role = Schemas['Role'];
export type SearchResult = Schemas['SearchResult'];
export type Session = Schemas['Session'];
export type Space = Schemas['Space'];
export type Theme = Schemas['Theme'];
export type UpdateItem = Schemas['UpdateItem'];
export type UpdateSpace = Schemas['UpdateSpace'];
export type Visibility = Schemas['Visibility'];
export type Widget = Schemas['Widget'];
