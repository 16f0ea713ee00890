/** `/share`: what other apps and the browser extension open to add something. */
import type { Me } from '@prox/api-client';
import { Redirect, useSearch } from 'wouter';
import { addShared, sharedIn } from '@/shared/lib/share';
import { homeOf } from './Start';

/** The home that the person had open last, with the dialog that adds what was shared. */
export default function ShareRoute({ me }: { me: Me }) {
  return <Redirect to={homeOf(me) + addShared(sharedIn(useSearch()))} replace />;
}
