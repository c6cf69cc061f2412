// What charts are drawn with: in a chunk of its own, which pages fetch when they have something to draw. Only what is named
// here is in it.
export {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
