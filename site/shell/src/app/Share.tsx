/**
 * `/share`: what other apps and the browser extension open to add something. `/shared`: what the page
 * of a share link opens to keep it.
 */
import type { Me } from '@prox/api-client';
import { lazy } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import { addShared, sharedIn } from '@/shared/lib/share';
import { homeOf } from './Start';

const KeepLink = lazy(() => import('@/features/shared/KeepLink'));

/** The home that the person had open last, with the dialog that adds what was shared. */
export default function ShareRoute({ me }: { me: Me }) {
  const [path] = useLocation();
  const search = useSearch();
  if (path === '/shared') return <KeepLink home={homeOf(me)} />;
  return <Redirect to={homeOf(me) + addShared(sharedIn(search))} replace />;
}
