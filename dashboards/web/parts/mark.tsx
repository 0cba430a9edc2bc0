/** The sign: a tree, a gap, a flame that does not come across. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="mark-tree" d="M3 27V13l5.5-9L14 13v14z" />
      <path
        class="mark-flame"
        d="M23.5 27c-3.4 0-5.5-2.3-5.5-5.4 0-4.200 4.3-5.6 4.7-11.6 4 2 6.300 6.7 6.3 11 0 3.6-2.2 6-5.5 6z"
      />
    </svg>
  );
}
