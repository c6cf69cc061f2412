export {
  ProposeReleaseDialog,
  type ProposeReleaseDialogProps,
} from './ProposeReleaseDialog';
export { ReleaseStateBadge } from './ReleaseStateBadge';
