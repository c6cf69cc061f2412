import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// Drawing a whole app takes seconds on a busy machine; a slow answer is not a wrong one.
jest.setTimeout(60_000);
configure({ asyncUtilTimeout: 20_000 });
