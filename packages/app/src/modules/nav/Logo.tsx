interface LogoProps {
  /** With the name beside the mark; for the opened sidebar. */
  isFull: boolean;
}

/** The mark of the suite: a shield with a pulse. The link around it says its name. */
export function Logo({ isFull }: LogoProps) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      height={28}
      viewBox={isFull ? '0 0 176 32' : '0 0 32 32'}
      xmlns="http://www.w3.org/2000/svg"
    >
      <path
        d="M16 1.500 28 6v9.200c0 7.400-4.900 12.600-12 15.300C8.900 27.800 4 22.600 4 15.200V6z"
        fill="none"
        stroke="currentColor"
        strokeWidth={2}
        strokeLinejoin="round"
      />
      <path
        d="M9 17h3.200l2.300-6 3.600 10.500 2.300-4.500H23"
        fill="none"
        stroke="#5fd4b1"
        strokeWidth={2.4}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      {isFull ? (
        <text
          x={40}
          y={22}
          fill="currentColor"
          fontFamily="inherit"
          fontSize={17}
          fontWeight={600}
        >
          AI Assurance
        </text>
      ) : null}
    </svg>
  );
}
