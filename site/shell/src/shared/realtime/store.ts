/** The state of the realtime connection, for the views that show it. */
import { create } from 'zustand';
import type { ConnectionState } from './connection';

export const useConnection = create<{ state: ConnectionState }>(() => ({ state: 'connecting' }));
