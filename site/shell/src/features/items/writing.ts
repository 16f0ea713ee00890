/** Which card is written on in its tile. */
import { create } from 'zustand';

export const useWriting = create<{ item: string | null }>(() => ({ item: null }));

export const writeOn = (item: string): void => useWriting.setState({ item });
