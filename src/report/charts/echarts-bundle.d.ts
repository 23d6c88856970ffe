/** ECharts in one file: its entry by parts opens 600 files, which takes six times as long and as many file handles as a process may have. */
declare module 'echarts/dist/echarts.esm.min' {
  export * from 'echarts';
}
