import type { ReactNode } from "react";

interface IconProps {
  /** Pixels of width and height. */
  readonly size?: number;
}

// Drawn on a grid of 24 with one stroke; always beside words, therefore hidden from screen readers.
function draw(shape: ReactNode) {
  return function Icon({ size = 20 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {shape}
      </svg>
    );
  };
}

export const SearchIcon = draw(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="M16 16l4.5 4.5" />
  </>,
);
export const BagIcon = draw(
  <>
    <path d="M5.5 8h13l1 11.5a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1z" />
    <path d="M8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5" />
  </>,
);
export const HomeIcon = draw(
  <>
    <path d="M4 11l8-7 8 7v8.5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1z" />
    <path d="M9.5 20.5v-6h5v6" />
  </>,
);
export const BookIcon = draw(
  <>
    <path d="M12 6.5C10 5 7 4.5 3.5 5v13c3.5-.5 6.5 0 8.5 1.5 2-1.5 5-2 8.5-1.5V5C17 4.5 14 5 12 6.5z" />
    <path d="M12 6.5v13" />
  </>,
);
export const ReceiptIcon = draw(
  <>
    <path d="M5.5 3.5h13v17l-2.2-1.5-2.1 1.5-2.2-1.5-2.2 1.5-2.1-1.5-2.2 1.5z" />
    <path d="M9 8.5h6M9 12.5h6" />
  </>,
);
export const PersonIcon = draw(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6" />
  </>,
);
export const StarIcon = ({ size = 16 }: IconProps) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">
    <path d="M12 2.8l2.8 5.9 6.4.8-4.7 4.5 1.2 6.4L12 17.3l-5.7 3.1 1.2-6.4L2.8 9.5l6.4-.8z" />
  </svg>
);
export const CheckIcon = draw(<path d="M5 12.5l4.5 4.5L19 7.5" />);
export const CrossIcon = draw(<path d="M6 6l12 12M18 6L6 18" />);
export const ClockIcon = draw(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7v5.3l3.5 2" />
  </>,
);
export const TruckIcon = draw(
  <>
    <path d="M2.5 6h11v10.5h-11zM13.5 9.5h4l3.5 3.5v3.5h-7.5z" />
    <circle cx="7" cy="17.5" r="1.8" />
    <circle cx="17" cy="17.5" r="1.8" />
  </>,
);
export const PinIcon = draw(
  <>
    <path d="M12 21c4.5-4.8 6.8-8.3 6.8-11.2A6.8 6.8 0 0 0 5.2 9.8C5.2 12.7 7.5 16.2 12 21z" />
    <circle cx="12" cy="9.8" r="2.3" />
  </>,
);
export const StoreIcon = draw(
  <>
    <path d="M4.5 10.5v9a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-9" />
    <path d="M3.5 8l1.7-4.5h13.6L20.5 8a2.8 2.8 0 0 1-5.6 0 2.9 2.9 0 0 1-5.8 0 2.8 2.8 0 0 1-5.6 0z" />
  </>,
);
export const BackIcon = draw(<path d="M14.5 5.5L8 12l6.5 6.5" />);
export const NextIcon = draw(<path d="M9.5 5.5L16 12l-6.5 6.5" />);
export const PlusIcon = draw(<path d="M12 5.5v13M5.5 12h13" />);
export const MinusIcon = draw(<path d="M5.5 12h13" />);
export const TrashIcon = draw(<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5M14 11v5.5" />);
export const WarningIcon = draw(
  <>
    <path d="M12 3.8L2.8 19.8h18.4z" />
    <path d="M12 10v4.5M12 17.2v.1" />
  </>,
);
export const BellIcon = draw(
  <path d="M6.5 10.5a5.5 5.5 0 0 1 11 0c0 5 2 6 2 6h-15s2-1 2-6zM10 19.5a2.2 2.2 0 0 0 4 0" />,
);
export const MailIcon = draw(<path d="M3.5 5.5h17v13h-17zM4 6.5l8 6.5 8-6.5" />);
export const InboxIcon = draw(<path d="M3.5 13.5l3-9h11l3 9v6h-17zM3.5 13.5h5a3.5 3.5 0 0 0 7 0h5" />);
export const PhoneIcon = draw(<path d="M7 2.5h10v19H7zM10.5 18.5h3" />);
export const CardIcon = draw(<path d="M3 5.5h18v13H3zM3 10h18M6.5 15h4" />);
export const LeaveIcon = draw(<path d="M13.5 4h-8v16h8M10 12h10.5M17 8l4 4-4 4" />);
export const RefreshIcon = draw(<path d="M19.5 8A8.3 8.3 0 1 0 20.3 13M20 3.5V8h-4.5" />);
export const CloudOffIcon = draw(
  <path d="M4 4l16 16M8.5 8.2A5 5 0 0 0 7 18.5h10.5M11 5.2a6 6 0 0 1 6.9 5.3 4 4 0 0 1 2.7 6" />,
);
export const DocumentIcon = draw(<path d="M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6M9 16h6" />);
export const ShieldIcon = draw(
  <path d="M12 3.5l7.5 2.7v5.6c0 4.5-3.2 7.5-7.5 8.9-4.3-1.4-7.5-4.4-7.5-8.9V6.2zM8.8 12l2.2 2.3 4.2-4.5" />,
);
export const GlobeIcon = draw(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M3.5 12h17M12 3.5c-5 5.5-5 11.5 0 17M12 3.5c5 5.5 5 11.5 0 17" />
  </>,
);

export const MoneyBackIcon = draw(
  <>
    <path d="M4.5 9.5h10a5 5 0 0 1 0 10h-6" />
    <path d="M8 5.5l-4 4 4 4" />
  </>,
);
