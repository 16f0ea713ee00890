/** Importing desktops, with what the windows of this shell can show. */

import ImportDesktop from '@/features/snapshot/ImportDesktop';
import { iconUrl } from '@/shared/data/icon';
import type { DialogProps } from '@/system/dialogs';
import { WINDOW_IDS } from './windowIds';

export default function ImportDialog(props: DialogProps<'import-desktop'>) {
  return <ImportDesktop {...props} ids={WINDOW_IDS} pictureOf={iconUrl} />;
}
