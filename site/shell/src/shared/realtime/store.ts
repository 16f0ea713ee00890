/** The state of the realtime connection, for whoever shows it. */
import { create } from 'zustand';
import type { ConnectionState } from './connection';

export const useConnection = create<{ state: ConnectionState }>(() => ({ state: 'connecting' }));
